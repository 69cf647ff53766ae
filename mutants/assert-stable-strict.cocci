// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_assert_stabilised() does not count mmap_lock
// symptom:	a false alarm under mmap_lock
// noticed by:	K
// kernels:	7.2
// file:	include/linux/mmap_lock.h

@@
expression e;
@@
 vma_assert_stabilised(...)
 {
 <...
- lockdep_is_held(e)
+ (lockdep_is_held(e) && !vma_lock_mutant(VMA_LOCK_MUTANT_assert_stable_strict))
 ...>
 }
