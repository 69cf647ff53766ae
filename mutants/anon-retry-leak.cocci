// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a fault that needs an anon_vma keeps its VMA when it falls back
// symptom:	the next writer waits for ever
// noticed by:	K, S
// file:	mm/internal.h

@@
@@
 vmf_anon_prepare(...)
 {
 <...
- vma_end_read(vmf->vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_anon_retry_leak)) vma_end_read(vmf->vma);
 ...>
 }
