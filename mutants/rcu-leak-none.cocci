// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a lookup that finds no VMA stays in its RCU read section
// symptom:	no grace period ends any more
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
  if (!vma) {
- rcu_read_unlock();
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_rcu_leak_none)) rcu_read_unlock();
  ...
 }
 ...>
 }
