// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a successful lookup stays in its RCU read section
// symptom:	no grace period ends any more
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
  if (IS_ERR_OR_NULL(vma)) { ... }
- rcu_read_unlock();
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_rcu_leak_found)) rcu_read_unlock();
 ...>
 }
