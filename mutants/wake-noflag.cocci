// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a reader that leaves looks for no writer's FLAG
// symptom:	every read unlock pays for a wake-up that nobody waits for
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 __vma_are_readers_excluded(...)
 {
 <...
- (refcnt & VM_REFCNT_EXCLUDE_READERS_FLAG)
+ ((refcnt & VM_REFCNT_EXCLUDE_READERS_FLAG) || vma_lock_mutant(VMA_LOCK_MUTANT_wake_noflag))
 ...>
 }
