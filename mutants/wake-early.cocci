// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the writer is woken before the count is dropped
// symptom:	it looks, finds the reader still there and sleeps on: nobody wakes it again
// noticed by:	P
// order:	last
// file:	include/linux/mmap_lock.h

@@
@@
 vma_refcount_put(...)
 {
 <...
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_wake_early)) {
+ newcnt = refcount_read(&vma->vm_refcnt) - 1;
+ if (__vma_are_readers_excluded(newcnt)) {
+ (rcuwait_wake_up)(&mm->vma_writer_wait);
+ vma_lock_mutant_linger();
+ }
+ if (!(__vma_refcount_put_return)(vma))
+ return;
+ return;
+ }
  newcnt = __vma_refcount_put_return(vma);
 ...>
 }
