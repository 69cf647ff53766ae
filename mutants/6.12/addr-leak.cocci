// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
- vma_end_read(vma);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_addr_leak)) lock_release(&vma->vmlock_dep_map, _RET_IP_); else vma_end_read(vma);
 ...>
 }
