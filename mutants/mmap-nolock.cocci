// SPDX-License-Identifier: GPL-2.0
//
// breaks:	mmap() does not write-lock the new VMA before it is in the tree
// symptom:	readers run on a VMA that is not finished
// noticed by:	K
// file:	mm/vma.c

@@
@@
 __mmap_new_vma(...)
 {
 <...
- vma_start_write(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_mmap_nolock)) vma_start_write(vma);
 ...>
 }
