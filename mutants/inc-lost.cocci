// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the lockless read lock does not raise the count
// symptom:	a reader without a reference, whose unlock detaches the VMA
// noticed by:	K
// file:	mm/mmap_lock.c

@@
expression e;
@@
 vma_start_read(...)
 {
 <...
- __refcount_inc_not_zero_limited_acquire(&vma->vm_refcnt, &oldcnt, e)
+ (vma_lock_mutant(VMA_LOCK_MUTANT_inc_lost) ? (oldcnt = refcount_read(&vma->vm_refcnt), oldcnt && oldcnt < (int)VM_REFCNT_EXCLUDE_READERS_FLAG) : __refcount_inc_not_zero_limited_acquire(&vma->vm_refcnt, &oldcnt, e))
 ...>
 }
