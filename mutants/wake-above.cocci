// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the last reader but one wakes the writer, too
// symptom:	a wake-up with a reader still inside
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
expression e;
@@
 __vma_are_readers_excluded(...)
 {
 <...
- refcnt <= e
+ refcnt <= (e) + vma_lock_mutant(VMA_LOCK_MUTANT_wake_above)
 ...>
 }
