// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the fallback of the walk does not leave the RCU read section
// symptom:	it sleeps inside
// noticed by:	P
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
@@
 lock_next_vma(...)
 {
 <...
fallback_unlock:
- rcu_read_unlock();
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_next_rcu_double)) rcu_read_unlock();
 ...>
 }
