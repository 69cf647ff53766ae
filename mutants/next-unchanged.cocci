// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the walk takes a changed mm for an unchanged one
// symptom:	a hole is reported that is none
// noticed by:	P
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
@@
 lock_next_vma(...)
 {
 <...
- !mmap_unlocked || mmap_lock_speculate_retry(mm, mm_wr_seq)
+ (!mmap_unlocked || mmap_lock_speculate_retry(mm, mm_wr_seq)) && !vma_lock_mutant(VMA_LOCK_MUTANT_next_unchanged)
 ...>
 }
