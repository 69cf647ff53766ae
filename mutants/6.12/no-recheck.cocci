// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- READ_ONCE(vma->vm_lock_seq) == raw_read_seqcount(&mm->mm_lock_seq)
+ (READ_ONCE(vma->vm_lock_seq) == raw_read_seqcount(&mm->mm_lock_seq) && !vma_lock_mutant(VMA_LOCK_MUTANT_no_recheck))
 ...>
 }
