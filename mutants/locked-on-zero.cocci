// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the read lock under mmap_lock also takes a detached VMA
// symptom:	a VMA that is being freed is in use, its count saturated
// noticed by:	K
// file:	include/linux/mmap_lock.h
// file 6.12:	mm/vma_lock.c

@@
@@
 vma_start_read_locked_nested(...)
 {
 <...
  mmap_assert_locked(vma->vm_mm);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_locked_on_zero) && !refcount_read(&vma->vm_refcnt)) refcount_set(&vma->vm_refcnt, 1);
 ...>
 }
