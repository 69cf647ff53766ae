// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
@@
 vma_refcount_put(...)
 {
 <...
- __refcount_dec_and_test(&vma->vm_refcnt, &oldcnt)
+ ((vma_lock_mutant(VMA_LOCK_MUTANT_put_twice) && refcount_sub_and_test(1, &vma->vm_refcnt)) || __refcount_dec_and_test(&vma->vm_refcnt, &oldcnt))
 ...>
 }
