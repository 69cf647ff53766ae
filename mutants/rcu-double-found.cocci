// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a successful lookup leaves its RCU read section twice
// symptom:	the caller's protection is gone
// noticed by:	K
// file:	mm/mmap_lock.c

@@
statement S;
@@
 lock_vma_under_rcu(...)
 {
 <...
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_rcu_double_found)) (rcu_read_unlock)();
  if (<+... address < vma->vm_start ...+>) S
 ...>
 }
