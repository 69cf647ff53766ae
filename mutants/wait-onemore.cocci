// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the writer is content with one reader left
// symptom:	it owns the VMA together with a reader
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 __vma_start_exclude_readers(...)
 {
 <...
- refcount_read(&vma->vm_refcnt) == tgt_refcnt
+ (vma_lock_mutant(VMA_LOCK_MUTANT_wait_onemore) ? refcount_read(&vma->vm_refcnt) <= tgt_refcnt + 1 : refcount_read(&vma->vm_refcnt) == tgt_refcnt)
 ...>
 }
