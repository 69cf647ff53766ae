// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the read lock under mmap_lock knows no limit but INT_MAX
// symptom:	readers join while a writer waits
// noticed by:	K
// kernels:	7.2
// file:	include/linux/mmap_lock.h

@@
@@
 vma_start_read_locked_nested(...)
 {
 <...
- VM_REFCNT_LIMIT
+ (vma_lock_mutant(VMA_LOCK_MUTANT_limit_max_locked) ? INT_MAX : VM_REFCNT_LIMIT)
 ...>
 }
