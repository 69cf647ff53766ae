// SPDX-License-Identifier: GPL-2.0
//
// breaks:	fork() does not attach the VMAs of the child
// symptom:	the child's VMAs look detached: its faults spin or fall back for ever
// noticed by:	K, S
// file:	include/linux/mm.h

@@
@@
 vma_iter_bulk_store(...)
 {
 <...
- vma_mark_attached(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_bulk_unattached)) vma_mark_attached(vma);
 ...>
 }
