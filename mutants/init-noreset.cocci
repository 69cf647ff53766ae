// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_lock_init() leaves the count as the object's previous life left it
// symptom:	a new VMA starts with readers it never had
// noticed by:	K
// file:	include/linux/mmap_lock.h
// file 6.12:	include/linux/vma_lock.h

@@
expression e;
@@
 vma_lock_init(...)
 {
 <...
- refcount_set(&vma->vm_refcnt, e);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_init_noreset)) refcount_set(&vma->vm_refcnt, e);
 ...>
 }
