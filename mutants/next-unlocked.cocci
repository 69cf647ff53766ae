// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the walk takes a held mmap_lock for a free one
// symptom:	a hole is reported that a writer has not filled yet
// noticed by:	P
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
@@
 lock_next_vma(...)
 {
 <...
- !mmap_unlocked
+ (!mmap_unlocked && !vma_lock_mutant(VMA_LOCK_MUTANT_next_unlocked))
 ...>
 }
