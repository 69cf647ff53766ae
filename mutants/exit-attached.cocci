// SPDX-License-Identifier: GPL-2.0
//
// breaks:	exit does not mark VMAs as detached
// symptom:	they are freed attached, and recycled with count 1
// noticed by:	K, S
// file:	mm/mmap.c

@@
@@
 tear_down_vmas(...)
 {
 <...
- vma_mark_detached(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_exit_attached)) vma_mark_detached(vma);
 ...>
 }
