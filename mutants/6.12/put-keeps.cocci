// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
@@
 vma_refcount_put(...)
 {
 <...
- __refcount_dec_and_test(&vma->vm_refcnt, &oldcnt)
+ (vma_lock_mutant(VMA_LOCK_MUTANT_put_keeps) ? (oldcnt = refcount_read(&vma->vm_refcnt), oldcnt == 1) : __refcount_dec_and_test(&vma->vm_refcnt, &oldcnt))
 ...>
 }
