// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the limit of the lockless read lock is one too low
// symptom:	falls back to mmap_lock although there is room
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- VM_REFCNT_LIMIT
+ VM_REFCNT_LIMIT - vma_lock_mutant(VMA_LOCK_MUTANT_limit_less)
 ...>
 }
