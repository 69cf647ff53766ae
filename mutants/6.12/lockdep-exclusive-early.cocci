// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
expression e;
@@
 vma_admit_readers(...)
 {
 <...
- bool detached = e;
+ bool detached;
+
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_exclusive_early)) {
+ 	lock_release(&vma->vmlock_dep_map, _RET_IP_);
+ 	return atomic_sub_return(VMA_LOCK_OFFSET, &vma->vm_refcnt.refs) == 0;
+ }
+ detached = e;
 ...>
 }
