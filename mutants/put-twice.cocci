// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the put lowers the count twice
// symptom:	one reader's unlock takes another's reference: it runs without a lock
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 __vma_refcount_put_return(...)
 {
 <...
- __refcount_dec_and_test(&vma->vm_refcnt, &oldcnt)
+ ((vma_lock_mutant(VMA_LOCK_MUTANT_put_twice) && refcount_sub_and_test(1, &vma->vm_refcnt)) || __refcount_dec_and_test(&vma->vm_refcnt, &oldcnt))
 ...>
 }
