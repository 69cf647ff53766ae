// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the read lock does not look at the sequence after it raised the count
// symptom:	a reader holds a VMA that is being written
// noticed by:	P
// file:	mm/mmap_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- vma->vm_lock_seq == raw_read_seqcount(&mm->mm_lock_seq)
+ (vma->vm_lock_seq == raw_read_seqcount(&mm->mm_lock_seq) && !vma_lock_mutant(VMA_LOCK_MUTANT_no_recheck))
 ...>
 }
