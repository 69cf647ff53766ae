// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_mark_attached() sets 2
// symptom:	a reader that does not exist: the first writer waits for ever
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 vma_mark_attached(...)
 {
 <...
- refcount_set_release(&vma->vm_refcnt, 1)
+ refcount_set_release(&vma->vm_refcnt, 1 + vma_lock_mutant(VMA_LOCK_MUTANT_attach_two))
 ...>
 }
