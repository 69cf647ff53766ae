// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the lookup does not look again when the VMA was detached
// symptom:	a fault falls back that need not
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
- PTR_ERR(vma) == -EAGAIN
+ (PTR_ERR(vma) == -EAGAIN && !vma_lock_mutant(VMA_LOCK_MUTANT_retry_none))
 ...>
 }
