// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the walk falls back when a VMA was detached instead of trying again
// symptom:	mmap_lock is taken without need
// noticed by:	K
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
@@
 lock_next_vma(...)
 {
 <...
- PTR_ERR(vma) == -EAGAIN
+ (PTR_ERR(vma) == -EAGAIN && !vma_lock_mutant(VMA_LOCK_MUTANT_next_eagain_falls))
 ...>
 }
