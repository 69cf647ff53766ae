// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the put does not lower the count
// symptom:	a reader that left still counts: the next writer waits for ever
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 __vma_refcount_put_return(...)
 {
 <...
- __refcount_dec_and_test(&vma->vm_refcnt, &oldcnt)
+ (vma_lock_mutant(VMA_LOCK_MUTANT_put_keeps) ? (oldcnt = refcount_read(&vma->vm_refcnt), oldcnt == 1) : __refcount_dec_and_test(&vma->vm_refcnt, &oldcnt))
 ...>
 }
