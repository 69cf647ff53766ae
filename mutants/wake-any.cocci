// SPDX-License-Identifier: GPL-2.0
//
// breaks:	every reader that leaves wakes the writer
// symptom:	the writer is woken once a reader instead of once
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
expression e;
@@
 __vma_are_readers_excluded(...)
 {
 <...
- refcnt <= e
+ (refcnt <= e || vma_lock_mutant(VMA_LOCK_MUTANT_wake_any))
 ...>
 }
