// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_shrink() does not write-lock the VMA
// symptom:	readers run while the range changes
// noticed by:	K
// file:	mm/vma.c

@@
@@
 vma_shrink(...)
 {
 <...
- vma_start_write(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_shrink_nolock)) vma_start_write(vma);
 ...>
 }
