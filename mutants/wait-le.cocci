// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the writer waits for the target or anything below
// symptom:	none
// equivalent:	while the caller holds FLAG and mmap_lock nothing lowers the count below the target
// file:	mm/mmap_lock.c

@@
@@
 __vma_start_exclude_readers(...)
 {
 <...
- refcount_read(&vma->vm_refcnt) == tgt_refcnt
+ (vma_lock_mutant(VMA_LOCK_MUTANT_wait_le) ? refcount_read(&vma->vm_refcnt) <= tgt_refcnt : refcount_read(&vma->vm_refcnt) == tgt_refcnt)
 ...>
 }
