// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
@@
 vma_refcount_put(...)
 {
 <...
- rwsem_release(&vma->vmlock_dep_map, _RET_IP_);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_unlock_lost)) rwsem_release(&vma->vmlock_dep_map, _RET_IP_);
 ...>
 }
