// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the last reader wakes at FLAG+1 only
// symptom:	a detach that waits for its last reader is never woken
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
expression e;
@@
 __vma_are_readers_excluded(...)
 {
 <...
- refcnt <= e
+ (vma_lock_mutant(VMA_LOCK_MUTANT_wake_eq) ? refcnt == VM_REFCNT_EXCLUDE_READERS_FLAG + 1 : refcnt <= e)
 ...>
 }
