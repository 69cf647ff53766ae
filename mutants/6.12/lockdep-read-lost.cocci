// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
expression e;
@@
 vma_start_read(...)
 {
 <...
- rwsem_acquire_read(&vma->vmlock_dep_map, e, 1, _RET_IP_);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_read_lost)) rwsem_acquire_read(&vma->vmlock_dep_map, e, 1, _RET_IP_);
 ...>
 }
