// SPDX-License-Identifier: GPL-2.0
//
// breaks:	lockdep hears of the read unlock only if the count did not reach 0
// symptom:	a reader that leaves last on a detached VMA stays on lockdep's books
// noticed by:	P
// file:	include/linux/mmap_lock.h

@@
@@
 vma_refcount_put(...)
 {
 <...
- __vma_lockdep_release_read(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_zero)) __vma_lockdep_release_read(vma);
 ...>
 }
@@
@@
 vma_refcount_put(...)
 {
 <...
  newcnt = __vma_refcount_put_return(vma);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_zero) && newcnt) lock_release(__vma_lockdep_map(vma), _RET_IP_);
 ...>
 }
