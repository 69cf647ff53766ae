// SPDX-License-Identifier: GPL-2.0
//
// breaks:	madvise() keeps the VMA that it read-locked
// symptom:	the next writer waits for ever
// noticed by:	K, S
// kernels:	7.2
// file:	mm/madvise.c

@@
@@
 madvise_walk_vmas(...)
 {
 <...
- vma_end_read(madv_behavior->vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_madvise_end_lost)) vma_end_read(madv_behavior->vma);
 ...>
 }
