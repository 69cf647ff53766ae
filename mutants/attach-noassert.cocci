// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_mark_attached() does not insist that the VMA is detached
// symptom:	an attach that wipes out readers goes unnoticed
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 vma_mark_attached(...)
 {
 <...
- vma_assert_detached(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_attach_noassert)) vma_assert_detached(vma);
 ...>
 }
