// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_lock_init() sets the count to 1
// symptom:	a VMA can be read-locked before it is in the tree
// noticed by:	K
// file:	include/linux/mmap_lock.h
// file 6.12:	include/linux/vma_lock.h

@@
@@
 vma_lock_init(...)
 {
 <...
- refcount_set(&vma->vm_refcnt, 0)
+ refcount_set(&vma->vm_refcnt, vma_lock_mutant(VMA_LOCK_MUTANT_init_attached) ? 1 : 0)
 ...>
 }
