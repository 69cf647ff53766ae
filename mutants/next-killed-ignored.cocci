// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the fallback of the walk goes on without mmap_lock when it is killed
// symptom:	a walk under no lock, and an unlock of what is not held
// noticed by:	K
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
statement S;
@@
 lock_next_vma_under_mmap_lock(...)
 {
 <...
 if (
- ret
+ ret && !vma_lock_mutant(VMA_LOCK_MUTANT_next_killed_ignored)
 ) S
 ...>
 }
