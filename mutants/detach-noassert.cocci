// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_mark_detached() does not insist on the write lock
// symptom:	a detach without the lock goes unnoticed
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 vma_mark_detached(...)
 {
 <...
- vma_assert_write_locked(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_detach_noassert)) vma_assert_write_locked(vma);
 ...>
 }
