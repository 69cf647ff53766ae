// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a failed munmap() does not attach again what it took out
// symptom:	VMAs in the tree count as detached
// noticed by:	K
// file:	mm/vma.c
// file 6.12:	mm/vma.h

@@
@@
 reattach_vmas(...)
 {
 <...
- vma_mark_attached(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_reattach_lost)) vma_mark_attached(vma);
 ...>
 }
