// SPDX-License-Identifier: GPL-2.0
//
// breaks:	mmap_write_unlock() does not end the write locks
// symptom:	VMAs stay locked, the sequence odd
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 mmap_write_unlock(...)
 {
 <...
- vma_end_write_all(mm);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_end_lost)) vma_end_write_all(mm);
 ...>
 }
