// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the fallback of the walk keeps mmap_lock
// symptom:	the next writer waits for ever
// noticed by:	K
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
@@
 lock_next_vma_under_mmap_lock(...)
 {
 <...
- mmap_read_unlock(mm);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_next_unlock_lost)) mmap_read_unlock(mm);
 ...>
 }
