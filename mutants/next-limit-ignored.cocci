// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the fallback of the walk ignores that the read lock was refused
// symptom:	a VMA is returned without a lock
// noticed by:	K
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
@@
 lock_next_vma_under_mmap_lock(...)
 {
 <...
- !vma_start_read_locked(vma)
+ (!vma_start_read_locked(vma) && !vma_lock_mutant(VMA_LOCK_MUTANT_next_limit_ignored))
 ...>
 }
