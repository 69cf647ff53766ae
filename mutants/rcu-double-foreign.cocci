// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a reader that meets another mm's VMA leaves its RCU read section twice
// symptom:	the caller's protection is gone
// noticed by:	K
// file:	mm/mmap_lock.c
// file 6.12:	mm/vma_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- mmgrab(other_mm);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_rcu_double_foreign)) rcu_read_unlock();
+ mmgrab(other_mm);
 ...>
 }
