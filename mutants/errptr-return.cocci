// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the lookup returns the error pointer of a detached VMA
// symptom:	the caller takes it for a VMA
// noticed by:	K
// file:	mm/mmap_lock.c
// file 6.12:	mm/vma_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
  count_vm_vma_lock_event(VMA_LOCK_MISS);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_errptr_return)) return vma;
 ...>
 }
