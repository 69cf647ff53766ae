// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the limit of the read lock under mmap_lock is one too low
// symptom:	refused although there is room
// noticed by:	K
// kernels:	7.2
// file:	include/linux/mmap_lock.h

@@
@@
 vma_start_read_locked_nested(...)
 {
 <...
- VM_REFCNT_LIMIT
+ VM_REFCNT_LIMIT - vma_lock_mutant(VMA_LOCK_MUTANT_limit_less_locked)
 ...>
 }
