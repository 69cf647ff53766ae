// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the writer does not announce itself by FLAG before it waits
// symptom:	readers go on joining: the writer starves, or meets them
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 __vma_start_exclude_readers(...)
 {
 <...
- refcount_add_not_zero(VM_REFCNT_EXCLUDE_READERS_FLAG, &vma->vm_refcnt)
+ (vma_lock_mutant(VMA_LOCK_MUTANT_flag_none) ? refcount_read(&vma->vm_refcnt) : refcount_add_not_zero(VM_REFCNT_EXCLUDE_READERS_FLAG, &vma->vm_refcnt))
 ...>
 }
@@
@@
 __vma_start_exclude_readers(...)
 {
 <...
- refcount_read(&vma->vm_refcnt) == tgt_refcnt
+ (vma_lock_mutant(VMA_LOCK_MUTANT_flag_none) ? refcount_read(&vma->vm_refcnt) == (tgt_refcnt & ~VM_REFCNT_EXCLUDE_READERS_FLAG) : refcount_read(&vma->vm_refcnt) == tgt_refcnt)
 ...>
 }
@@
expression e;
@@
 __vma_end_exclude_readers(...)
 {
 <...
- refcount_sub_and_test(e, &vma->vm_refcnt)
+ (vma_lock_mutant(VMA_LOCK_MUTANT_flag_none) ? !refcount_read(&vma->vm_refcnt) : refcount_sub_and_test(e, &vma->vm_refcnt))
 ...>
 }
