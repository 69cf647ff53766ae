// SPDX-License-Identifier: GPL-2.0
//
// breaks:	mremap() does not write-lock the VMA that it moves
// symptom:	a fault fills a page table that is being moved away
// noticed by:	K, S
// file:	mm/mremap.c

@@
@@
 move_vma(...)
 {
 <...
- vma_start_write(vrm->vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_mremap_nolock)) vma_start_write(vrm->vma);
 ...>
 }
