// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
@@
 is_vma_writer_only(...)
 {
 <...
- (refcnt & VMA_LOCK_OFFSET)
+ ((refcnt & VMA_LOCK_OFFSET) || vma_lock_mutant(VMA_LOCK_MUTANT_wake_noflag))
 ...>
 }
