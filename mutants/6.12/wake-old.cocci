// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
@@
 vma_refcount_put(...)
 {
 <...
- is_vma_writer_only(oldcnt - 1)
+ is_vma_writer_only(oldcnt - !vma_lock_mutant(VMA_LOCK_MUTANT_wake_old))
 ...>
 }
