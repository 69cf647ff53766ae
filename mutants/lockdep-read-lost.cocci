// SPDX-License-Identifier: GPL-2.0
//
// breaks:	lockdep is not told of the lockless read lock
// symptom:	lockdep sees an unlock of what was never locked
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- __vma_lockdep_acquire_read(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_read_lost)) __vma_lockdep_acquire_read(vma);
 ...>
 }
