// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
expression e;
@@
 vma_admit_readers(...)
 {
 <...
- refcount_sub_and_test(e, &vma->vm_refcnt)
+ refcount_sub_and_test((e) + vma_lock_mutant(VMA_LOCK_MUTANT_exclude_end_more), &vma->vm_refcnt)
 ...>
 }
