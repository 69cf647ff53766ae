// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 vma_exclude_readers(...)
 {
 <...
- WARN_ON_ONCE(refcount_sub_and_test(VMA_LOCK_OFFSET, &vma->vm_refcnt));
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_eintr_leak)) WARN_ON_ONCE(refcount_sub_and_test(VMA_LOCK_OFFSET, &vma->vm_refcnt));
 ...>
 }
