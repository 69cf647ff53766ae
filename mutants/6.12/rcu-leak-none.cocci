// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
  if (vma)
  vma = vma_start_read(mm, vma);
+ else if (vma_lock_mutant(VMA_LOCK_MUTANT_rcu_leak_none)) (rcu_read_lock)();
 ...>
 }
