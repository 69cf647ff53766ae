// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
@@
 vma_mark_attached(...)
 {
 <...
- vma_is_attached(vma)
+ (vma_is_attached(vma) && !vma_lock_mutant(VMA_LOCK_MUTANT_attach_noassert))
 ...>
 }
