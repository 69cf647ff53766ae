// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the writer waits for the target or anything above
// symptom:	any number of readers is good enough: it owns the VMA together with them
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 __vma_start_exclude_readers(...)
 {
 <...
- refcount_read(&vma->vm_refcnt) == tgt_refcnt
+ (vma_lock_mutant(VMA_LOCK_MUTANT_wait_ge) ? refcount_read(&vma->vm_refcnt) >= tgt_refcnt : refcount_read(&vma->vm_refcnt) == tgt_refcnt)
 ...>
 }
