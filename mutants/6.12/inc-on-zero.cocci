// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
expression e;
@@
 vma_refcount_get(...)
 {
 <...
- __refcount_inc_not_zero_limited_acquire(&vma->vm_refcnt, oldcnt, e)
+ (vma_lock_mutant(VMA_LOCK_MUTANT_inc_on_zero) && !refcount_read(&vma->vm_refcnt) ? (refcount_set(&vma->vm_refcnt, 2), true) : __refcount_inc_not_zero_limited_acquire(&vma->vm_refcnt, oldcnt, e))
 ...>
 }
