// SPDX-License-Identifier: GPL-2.0
//
// breaks:	mmap_write_unlock() ends the write locks after it gave mmap_lock up
// symptom:	the next writer's locks are ended instead
// noticed by:	P
// order:	last
// file:	include/linux/mmap_lock.h

@@
@@
 mmap_write_unlock(...)
 {
 <...
  up_write(&mm->mmap_lock);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_end_late)) {
+ vma_lock_mutant_linger();
+ do_raw_write_seqcount_end(&mm->mm_lock_seq);
+ }
 ...>
 }
@@
@@
 mmap_write_unlock(...)
 {
 <...
- vma_end_write_all(mm);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_end_late)) vma_end_write_all(mm);
 ...>
 }
