// SPDX-License-Identifier: GPL-2.0
//
// breaks:	lockdep is not told that readers are no longer excluded
// symptom:	lockdep takes the writer for one that still excludes
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 __vma_end_exclude_readers(...)
 {
 <...
- __vma_lockdep_release_exclusive(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_exclusive_lost)) __vma_lockdep_release_exclusive(vma);
 ...>
 }
