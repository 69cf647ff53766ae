// SPDX-License-Identifier: GPL-2.0
//
// breaks:	FLAG+1 is taken off: the attach reference goes with it
// symptom:	a VMA in the tree counts as detached
// noticed by:	K
// file:	mm/mmap_lock.c

@@
expression e;
@@
 __vma_end_exclude_readers(...)
 {
 <...
- refcount_sub_and_test(e, &vma->vm_refcnt)
+ refcount_sub_and_test((e) + vma_lock_mutant(VMA_LOCK_MUTANT_exclude_end_more), &vma->vm_refcnt)
 ...>
 }
