// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
expression e1, e2;
@@
 vma_exclude_readers(...)
 {
 <...
- __refcount_add_not_zero_limited_acquire(e1, &vma->vm_refcnt, &oldcnt, e2)
+ (vma_lock_mutant(VMA_LOCK_MUTANT_add_on_zero) ? (__refcount_add(VMA_LOCK_OFFSET, &vma->vm_refcnt, &oldcnt), true) : __refcount_add_not_zero_limited_acquire(e1, &vma->vm_refcnt, &oldcnt, e2))
 ...>
 }
