// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the limit of the lockless read lock is FLAG
// symptom:	a reader joins at LIMIT and sets the writer's bit by counting
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- VM_REFCNT_LIMIT
+ VM_REFCNT_LIMIT + vma_lock_mutant(VMA_LOCK_MUTANT_limit_flag)
 ...>
 }
