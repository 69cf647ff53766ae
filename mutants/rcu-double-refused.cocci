// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a refused reader leaves its RCU read section twice
// symptom:	the caller's protection is gone
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
err:
  rcu_read_unlock();
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_rcu_double_refused)) (rcu_read_unlock)();
 ...>
 }
