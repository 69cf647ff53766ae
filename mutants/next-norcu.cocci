// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the walk returns from its fallback outside the RCU read section
// symptom:	the caller leaves a section that it is not in
// noticed by:	K
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
@@
 lock_next_vma(...)
 {
 <...
  vma = lock_next_vma_under_mmap_lock(mm, vmi, from_addr);
- rcu_read_lock();
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_next_norcu)) rcu_read_lock();
 ...>
 }
