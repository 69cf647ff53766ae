// SPDX-License-Identifier: GPL-2.0
//
// breaks:	mmap_write_downgrade() ends the write locks after the downgrade
// symptom:	readers of mmap_lock find VMAs write-locked
// noticed by:	P
// order:	last
// file:	include/linux/mmap_lock.h

@@
@@
 mmap_write_downgrade(...)
 {
 <...
  downgrade_write(&mm->mmap_lock);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_end_late_downgrade)) {
+ vma_lock_mutant_linger();
+ do_raw_write_seqcount_end(&mm->mm_lock_seq);
+ }
 ...>
 }
@@
@@
 mmap_write_downgrade(...)
 {
 <...
- vma_end_write_all(mm);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_end_late_downgrade)) vma_end_write_all(mm);
 ...>
 }
