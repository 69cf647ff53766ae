// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_mark_attached() increments instead of storing
// symptom:	an increment from 0 saturates the count
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 vma_mark_attached(...)
 {
 <...
- refcount_set_release(&vma->vm_refcnt, 1);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_attach_inc)) refcount_inc(&vma->vm_refcnt);
+ else refcount_set_release(&vma->vm_refcnt, 1);
 ...>
 }
