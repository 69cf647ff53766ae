// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the walk is not set back before the lookup tries again
// symptom:	it goes on from a node that may be freed, at the start of the VMA that it met
// noticed by:	K
// history:	6.18-rc: the iterator was not reset before the -EAGAIN retry
// file:	mm/mmap_lock.c
// file 6.12:	mm/vma_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
- mas_set(&mas, address);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_mas_noreset)) mas_set(&mas, address);
 ...>
 }
