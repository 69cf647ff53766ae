// SPDX-License-Identifier: GPL-2.0
//
// breaks:	lockdep is not told of the read lock under mmap_lock
// symptom:	lockdep sees an unlock of what was never locked
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 vma_start_read_locked_nested(...)
 {
 <...
- __vma_lockdep_acquire_read(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_locked_lost)) __vma_lockdep_acquire_read(vma);
 ...>
 }
