// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
@@
 vma_mark_attached(...)
 {
 <...
- atomic_set_release(&vma->vm_refcnt.refs, 1);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_attach_inc)) refcount_inc(&vma->vm_refcnt);
+ else atomic_set_release(&vma->vm_refcnt.refs, 1);
 ...>
 }
