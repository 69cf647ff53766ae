// SPDX-License-Identifier: GPL-2.0
//
// file:	kernel/fork.c

@@
@@
 vma_copy(...)
 {
 <...
- vma_lock_init(new, true);
+ vma_lock_init(new, true);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_dup_copies_count)) refcount_set(&new->vm_refcnt, refcount_read(&orig->vm_refcnt));
 ...>
 }
