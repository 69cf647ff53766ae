// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
- vma = vma_start_read(mm, vma);
+ {
+ 	vma = vma_start_read(mm, vma);
+ 	if (!vma && vma_lock_mutant(VMA_LOCK_MUTANT_rcu_leak_refused)) (rcu_read_lock)();
+ }
 ...>
 }
