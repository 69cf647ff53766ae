// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a reader that meets another mm's VMA stays in its RCU read section
// symptom:	no grace period ends any more
// noticed by:	K
// file:	mm/mmap_lock.c
// file 6.12:	mm/vma_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- mmgrab(other_mm);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_rcu_leak_foreign)) rcu_read_lock();
+ mmgrab(other_mm);
 ...>
 }
