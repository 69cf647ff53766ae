// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_end_read() is called on the error pointer of a detached VMA
// symptom:	an oops
// noticed by:	K
// history:	vma_end_read() on an error pointer
// file:	mm/mmap_lock.c
// file 6.12:	mm/vma_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
  count_vm_vma_lock_event(VMA_LOCK_MISS);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_errptr_end)) (vma_end_read)(vma);
 ...>
 }
