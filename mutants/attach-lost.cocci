// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_mark_attached() leaves the count at 0
// symptom:	the VMA in the tree looks detached: readers spin or fall back for ever
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 vma_mark_attached(...)
 {
 <...
- refcount_set_release(&vma->vm_refcnt, 1);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_attach_lost)) refcount_set_release(&vma->vm_refcnt, 1);
 ...>
 }
