// SPDX-License-Identifier: GPL-2.0
//
// breaks:	an expansion does not write-lock the VMA that it swallows
// symptom:	readers run while the VMA is freed
// noticed by:	K, S
// file:	mm/vma.c

@@
@@
 vma_expand(...)
 {
 <...
- vma_start_write(next);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_expand_next_nolock)) vma_start_write(next);
 ...>
 }
