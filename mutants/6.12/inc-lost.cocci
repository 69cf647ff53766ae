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
+ (vma_lock_mutant(VMA_LOCK_MUTANT_inc_lost) ? (*oldcnt = refcount_read(&vma->vm_refcnt), *oldcnt && *oldcnt < (int)VMA_LOCK_OFFSET) : __refcount_inc_not_zero_limited_acquire(&vma->vm_refcnt, oldcnt, e))
 ...>
 }
