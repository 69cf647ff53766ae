// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the put returns the count from before the drop
// symptom:	the last reader takes itself for the last but one and wakes nobody
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 __vma_refcount_put_return(...)
 {
 <...
- return oldcnt - 1;
+ return oldcnt - !vma_lock_mutant(VMA_LOCK_MUTANT_wake_old);
 ...>
 }
