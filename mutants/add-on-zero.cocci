// SPDX-License-Identifier: GPL-2.0
//
// breaks:	FLAG is added even to a detached VMA
// symptom:	the count saturates with every mmap
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 __vma_start_exclude_readers(...)
 {
 <...
- refcount_add_not_zero(VM_REFCNT_EXCLUDE_READERS_FLAG, &vma->vm_refcnt)
+ (vma_lock_mutant(VMA_LOCK_MUTANT_add_on_zero) ? (refcount_add(VM_REFCNT_EXCLUDE_READERS_FLAG, &vma->vm_refcnt), true) : refcount_add_not_zero(VM_REFCNT_EXCLUDE_READERS_FLAG, &vma->vm_refcnt))
 ...>
 }
