// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vm_area_dup() takes over the lock state of its source
// symptom:	the copy starts with the source's readers
// noticed by:	K
// file:	mm/vma_init.c

@@
@@
 vm_area_dup(...)
 {
 <...
- vma_lock_init(new, true);
+ vma_lock_init(new, true);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_dup_copies_count)) refcount_set(&new->vm_refcnt, refcount_read(&orig->vm_refcnt));
 ...>
 }
