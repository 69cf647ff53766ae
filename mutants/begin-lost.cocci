// SPDX-License-Identifier: GPL-2.0
//
// breaks:	mmap_write_lock() does not move the sequence
// symptom:	VMAs locked under the last writer are still write-locked, and speculation goes on
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 mmap_write_lock(...)
 {
 <...
- mm_lock_seqcount_begin(mm);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_begin_lost)) mm_lock_seqcount_begin(mm);
 ...>
 }
