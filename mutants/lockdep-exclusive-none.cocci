// SPDX-License-Identifier: GPL-2.0
//
// breaks:	lockdep is not told that readers are excluded
// symptom:	lockdep sees an unlock of what was never locked
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 __vma_start_exclude_readers(...)
 {
 <...
- __vma_lockdep_acquire_exclusive(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_exclusive_none)) __vma_lockdep_acquire_exclusive(vma);
 ...>
 }
