// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
@@
 vma_mark_detached(...)
 {
 <...
- !refcount_dec_and_test(&vma->vm_refcnt)
+ (!refcount_dec_and_test(&vma->vm_refcnt) || vma_lock_mutant(VMA_LOCK_MUTANT_detach_always))
 ...>
 }
