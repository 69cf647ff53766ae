// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the put does not test for 0 before it asks whether to wake
// symptom:	none
// equivalent:	0 has no FLAG, so the question is answered with no anyway; the test only saves asking it
// kernels:	7.2
// file:	include/linux/mmap_lock.h

@@
@@
 vma_refcount_put(...)
 {
 <...
- newcnt && __vma_are_readers_excluded(newcnt)
+ (newcnt || vma_lock_mutant(VMA_LOCK_MUTANT_wake_zero)) && __vma_are_readers_excluded(newcnt)
 ...>
 }
