// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
@@
 vma_mark_detached(...)
 {
 <...
- vma->vm_lock_seq != vma->vm_mm->mm_lock_seq.sequence
+ (vma->vm_lock_seq != vma->vm_mm->mm_lock_seq.sequence && !vma_lock_mutant(VMA_LOCK_MUTANT_detach_noassert))
 ...>
 }
