// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the put does not say on its own that it reached 0
// symptom:	none
// equivalent:	oldcnt is 1 when the count reaches 0, so oldcnt - 1 says the same
// file:	include/linux/mmap_lock.h

@@
@@
 __vma_refcount_put_return(...)
 {
 <...
- __refcount_dec_and_test(&vma->vm_refcnt, &oldcnt)
+ (__refcount_dec_and_test(&vma->vm_refcnt, &oldcnt) && !vma_lock_mutant(VMA_LOCK_MUTANT_put_zero))
 ...>
 }
