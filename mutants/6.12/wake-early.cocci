// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
statement S;
@@
 vma_refcount_put(...)
 {
 <...
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_wake_early)) {
+ 	oldcnt = refcount_read(&vma->vm_refcnt);
+ 	if ((is_vma_writer_only)(oldcnt - 1)) {
+ 		(rcuwait_wake_up)(&mm->vma_writer_wait);
+ 		vma_lock_mutant_linger();
+ 	}
+ 	if ((__refcount_dec_and_test)(&vma->vm_refcnt, &oldcnt))
+ 		return;
+ 	return;
+ }
  if (<+... __refcount_dec_and_test(&vma->vm_refcnt, &oldcnt) ...+>) S
 ...>
 }
