// SPDX-License-Identifier: GPL-2.0
//
// breaks:	mmap_write_lock() moves the sequence before it has the lock
// symptom:	the waiter ends the write locks of the one that holds it
// noticed by:	K
// order:	last
// file:	include/linux/mmap_lock.h

@@
@@
 mmap_write_lock(...)
 {
 <...
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_begin_early)) {
+ do_raw_write_seqcount_begin(&mm->mm_lock_seq);
+ (down_write)(&mm->mmap_lock);
+ return;
+ }
  down_write(&mm->mmap_lock);
 ...>
 }
