// SPDX-License-Identifier: GPL-2.0
//
// breaks:	munmap() does not mark what it takes out as detached
// symptom:	the VMA is freed attached, and recycled with count 1
// noticed by:	K, S
// file:	mm/vma.c

@@
@@
 vms_gather_munmap_vmas(...)
 {
 <...
- vma_mark_detached(next);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_munmap_attached)) vma_mark_detached(next);
 ...>
 }
