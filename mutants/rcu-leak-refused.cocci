// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a refused reader stays in its RCU read section
// symptom:	no grace period ends any more
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
err:
- rcu_read_unlock();
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_rcu_leak_refused)) rcu_read_unlock();
 ...>
 }
