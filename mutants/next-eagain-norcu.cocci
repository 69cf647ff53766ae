// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the walk tries again outside its RCU read section
// symptom:	it walks a tree that may be freed under it
// noticed by:	K
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
@@
 lock_next_vma(...)
 {
 <...
 if (<+... PTR_ERR(vma) == -EAGAIN ...+>) {
 <...
- rcu_read_lock();
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_next_eagain_norcu)) rcu_read_lock();
 ...>
 }
 ...>
 }
