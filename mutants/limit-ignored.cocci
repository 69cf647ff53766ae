// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the read lock under mmap_lock claims success where it was refused
// symptom:	access without a lock, and a reference dropped that was never taken
// noticed by:	K
// file:	include/linux/mmap_lock.h
// file 6.12:	mm/vma_lock.c

@@
@@
 vma_start_read_locked_nested(...)
 {
 <...
- return false;
+ return vma_lock_mutant(VMA_LOCK_MUTANT_limit_ignored);
 ...>
 }
