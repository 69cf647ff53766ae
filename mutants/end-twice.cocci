// SPDX-License-Identifier: GPL-2.0
//
// breaks:	mmap_write_unlock() moves the sequence twice
// symptom:	the sequence is odd with mmap_lock free
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 mmap_write_unlock(...)
 {
 <...
- vma_end_write_all(mm);
+ vma_end_write_all(mm);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_end_twice)) do_raw_write_seqcount_end(&mm->mm_lock_seq);
 ...>
 }
