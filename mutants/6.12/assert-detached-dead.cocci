// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
@@
 vma_assert_detached(...)
 {
 <...
- vma_is_attached(vma)
+ (vma_is_attached(vma) && !vma_lock_mutant(VMA_LOCK_MUTANT_assert_detached_dead))
 ...>
 }
