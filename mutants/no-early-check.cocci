// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the read lock does not look at the sequence before it raises the count
// symptom:	readers disturb every writer, and spin while munmap gathers
// noticed by:	K
// file:	mm/mmap_lock.c
// file 6.12:	mm/vma_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- READ_ONCE(vma->vm_lock_seq) == READ_ONCE(mm->mm_lock_seq.sequence)
+ (READ_ONCE(vma->vm_lock_seq) == READ_ONCE(mm->mm_lock_seq.sequence) && !vma_lock_mutant(VMA_LOCK_MUTANT_no_early_check))
 ...>
 }
