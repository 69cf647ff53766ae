// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the lockless read lock knows no limit but INT_MAX
// symptom:	readers join while a writer waits
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- VM_REFCNT_LIMIT
+ (vma_lock_mutant(VMA_LOCK_MUTANT_limit_max) ? INT_MAX : VM_REFCNT_LIMIT)
 ...>
 }
