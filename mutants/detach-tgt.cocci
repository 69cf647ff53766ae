// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the detach does not say that it detaches
// symptom:	it returns with a reader inside
// noticed by:	K
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
@@
 __vma_exclude_readers_for_detach(...)
 {
 <...
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_detach_tgt)) ves.detaching = false;
  err = __vma_start_exclude_readers(&ves);
 ...>
 }
