// SPDX-License-Identifier: GPL-2.0
//
// breaks:	mmap_write_lock_nested() does not move the sequence
// symptom:	the mm of a child in fork has a sequence of the wrong parity
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 mmap_write_lock_nested(...)
 {
 <...
- mm_lock_seqcount_begin(mm);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_begin_lost_nested)) mm_lock_seqcount_begin(mm);
 ...>
 }
