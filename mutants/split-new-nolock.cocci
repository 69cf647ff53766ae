// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a split does not write-lock the new half
// symptom:	a VMA is attached that nobody locked
// noticed by:	K
// file:	mm/vma.c

@@
@@
 __split_vma(...)
 {
 <...
- vma_start_write(new);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_split_new_nolock)) vma_start_write(new);
 ...>
 }
