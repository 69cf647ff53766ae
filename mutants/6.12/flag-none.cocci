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
+ (vma_lock_mutant(VMA_LOCK_MUTANT_flag_none) ? (oldcnt = refcount_read(&vma->vm_refcnt)) : __refcount_add_not_zero_limited_acquire(e1, &vma->vm_refcnt, &oldcnt, e2))
 ...>
 }

@@
expression e;
@@
 vma_exclude_readers(...)
 {
 <...
- count_acquire(vma) == e
+ (vma_lock_mutant(VMA_LOCK_MUTANT_flag_none) ? !(count_acquire(vma) ^ rest) : count_acquire(vma) == e)
 ...>
 }

@@
expression e;
@@
 vma_admit_readers(...)
 {
 <...
- refcount_sub_and_test(e, &vma->vm_refcnt)
+ (vma_lock_mutant(VMA_LOCK_MUTANT_flag_none) ? !refcount_read(&vma->vm_refcnt) : refcount_sub_and_test(e, &vma->vm_refcnt))
 ...>
 }
