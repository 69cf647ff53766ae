// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_mark_detached() does nothing
// symptom:	the VMA is freed attached, and recycled with count 1
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 vma_mark_detached(...)
 {
 <...
  vma_assert_attached(vma);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_detach_lost)) return;
 ...>
 }
