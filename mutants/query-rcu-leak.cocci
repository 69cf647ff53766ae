// SPDX-License-Identifier: GPL-2.0
//
// breaks:	PROCMAP_QUERY stays in its RCU read section
// symptom:	no grace period ends any more
// noticed by:	K, S
// kernels:	7.2
// file:	fs/proc/task_mmu.c

@@
@@
 query_vma_find_by_addr(...)
 {
 <...
  vma = lock_next_vma(mm, &vmi, addr);
- rcu_read_unlock();
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_query_rcu_leak)) rcu_read_unlock();
 ...>
 }
