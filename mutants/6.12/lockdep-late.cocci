// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
@@
 vma_refcount_put(...)
 {
 <...
- rwsem_release(&vma->vmlock_dep_map, _RET_IP_);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_late)) rwsem_release(&vma->vmlock_dep_map, _RET_IP_);
 ...>
 }

@@
@@
 vma_refcount_put(...)
 {
 <...
  if (<+... __refcount_dec_and_test(&vma->vm_refcnt, &oldcnt) ...+>)
- return;
+ {
+ 	if (vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_late)) lock_release(&vma->vmlock_dep_map, _RET_IP_);
+ 	return;
+ }
 ...>
 }

@@
expression e;
statement S;
@@
 vma_refcount_put(...)
 {
 <...
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_lockdep_late)) lock_release(&vma->vmlock_dep_map, _RET_IP_);
  if (<+... is_vma_writer_only(e) ...+>) S
 ...>
 }
