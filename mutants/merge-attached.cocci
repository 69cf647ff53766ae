// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a merge does not mark the VMA that it removes as detached
// symptom:	the VMA is freed attached, and recycled with count 1
// noticed by:	K, S
// file:	mm/vma.c

@@
@@
 vma_complete(...)
 {
 <...
- vma_mark_detached(vp->remove);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_merge_attached)) vma_mark_detached(vp->remove);
 ...>
 }
