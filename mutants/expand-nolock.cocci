// SPDX-License-Identifier: GPL-2.0
//
// breaks:	an expansion does not write-lock the VMA that grows
// symptom:	readers run while the range changes
// noticed by:	K, S
// file:	mm/vma.c

@@
@@
 vma_expand(...)
 {
 <...
- vma_start_write(target);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_expand_nolock)) vma_start_write(target);
 ...>
 }
