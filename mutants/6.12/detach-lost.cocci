// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
statement S;
@@
 vma_mark_detached(...)
 {
 <...
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_detach_lost)) return;
  if (<+... refcount_dec_and_test(&vma->vm_refcnt) ...+>) S
 ...>
 }
