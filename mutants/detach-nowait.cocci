// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_mark_detached() does not wait for transient readers
// symptom:	they drop the count of the object's next life
// noticed by:	K
// file:	include/linux/mmap_lock.h
// file 6.12:	include/linux/vma_lock.h

@@
@@
 vma_mark_detached(...)
 {
 <...
- __vma_exclude_readers_for_detach(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_detach_nowait)) __vma_exclude_readers_for_detach(vma);
 ...>
 }
