// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_rcu_double_refused) && !vma) (rcu_read_unlock)();
  if (!IS_ERR(vma)) break;
 ...>
 }
