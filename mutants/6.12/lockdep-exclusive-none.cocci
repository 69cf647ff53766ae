// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 vma_exclude_readers(...)
 {
 <...
- rwsem_acquire(&vma->vmlock_dep_map, 0, 0, _RET_IP_);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_exclusive_none)) rwsem_acquire(&vma->vmlock_dep_map, 0, 0, _RET_IP_);
 ...>
 }
