// SPDX-License-Identifier: GPL-2.0
//
// breaks:	nobody wakes the waiting writer
// symptom:	a writer that found readers sleeps for ever
// noticed by:	K
// file:	include/linux/mmap_lock.h
// file 6.12:	include/linux/vma_lock.h

@@
@@
 vma_refcount_put(...)
 {
 <...
- rcuwait_wake_up(&mm->vma_writer_wait);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_wake_none)) rcuwait_wake_up(&mm->vma_writer_wait);
 ...>
 }
