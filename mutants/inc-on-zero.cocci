// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the lockless read lock also takes a detached VMA
// symptom:	a VMA that is being freed is in use
// noticed by:	K
// file:	mm/mmap_lock.c

@@
expression e;
@@
 vma_start_read(...)
 {
 <...
- __refcount_inc_not_zero_limited_acquire(&vma->vm_refcnt, &oldcnt, e)
+ (vma_lock_mutant(VMA_LOCK_MUTANT_inc_on_zero) && !refcount_read(&vma->vm_refcnt) ? (refcount_set(&vma->vm_refcnt, 2), true) : __refcount_inc_not_zero_limited_acquire(&vma->vm_refcnt, &oldcnt, e))
 ...>
 }
