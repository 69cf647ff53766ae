// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_assert_stabilised() is content with nothing
// symptom:	an access without any lock goes unnoticed
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
+ (lockdep_is_held(e) || vma_lock_mutant(VMA_LOCK_MUTANT_assert_stable_dead))
 ...>
 }
