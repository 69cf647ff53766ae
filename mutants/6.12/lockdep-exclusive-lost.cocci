// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 vma_admit_readers(...)
 {
 <...
- rwsem_release(&vma->vmlock_dep_map, _RET_IP_);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_exclusive_lost)) rwsem_release(&vma->vmlock_dep_map, _RET_IP_);
 ...>
 }
