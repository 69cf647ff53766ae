// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
- rcu_read_unlock();
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_rcu_leak_found) || IS_ERR_OR_NULL(vma)) rcu_read_unlock();
 ...>
 }
