// SPDX-License-Identifier: GPL-2.0
//
// breaks:	lockdep hears that readers are no longer excluded before FLAG is off
// symptom:	the order that lockdep is told is not the lock's
// noticed by:	P
// file:	mm/mmap_lock.c

@@
@@
 __vma_end_exclude_readers(...)
 {
 <...
- VM_WARN_ON_ONCE(ves->detached);
+ VM_WARN_ON_ONCE(ves->detached);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_exclusive_early)) {
+ 	lock_release(__vma_lockdep_map(vma), _RET_IP_);
+ 	ves->detached = atomic_sub_return(VM_REFCNT_EXCLUDE_READERS_FLAG, &vma->vm_refcnt.refs) == 0;
+ 	return;
+ }
 ...>
 }
