// SPDX-License-Identifier: GPL-2.0
//
// breaks:	lockdep hears of the read unlock after the drop
// symptom:	the map of an object is used that may be freed already
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 vma_refcount_put(...)
 {
 <...
- __vma_lockdep_release_read(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_late)) __vma_lockdep_release_read(vma);
 ...>
 }
@@
@@
 vma_refcount_put(...)
 {
 <...
  newcnt = __vma_refcount_put_return(vma);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_late)) lock_release(__vma_lockdep_map(vma), _RET_IP_);
 ...>
 }
