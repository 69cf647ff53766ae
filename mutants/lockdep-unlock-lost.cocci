// SPDX-License-Identifier: GPL-2.0
//
// breaks:	lockdep is not told of the read unlock
// symptom:	lockdep takes the reader for one that still holds the VMA
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 vma_refcount_put(...)
 {
 <...
- __vma_lockdep_release_read(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_unlock_lost)) __vma_lockdep_release_read(vma);
 ...>
 }
