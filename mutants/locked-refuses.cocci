// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the read lock under mmap_lock is taken and reported as refused
// symptom:	the reference is never dropped: the next writer waits for ever
// noticed by:	K
// file:	include/linux/mmap_lock.h
// file 6.12:	mm/vma_lock.c

@@
@@
 vma_start_read_locked_nested(...)
 {
 <...
- return true;
+ return !vma_lock_mutant(VMA_LOCK_MUTANT_locked_refuses);
 ...>
 }
