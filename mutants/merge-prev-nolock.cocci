// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a merge does not write-lock the VMA below
// symptom:	readers run while the range changes
// noticed by:	K, S
// file:	mm/vma.c

@@
@@
 vma_merge_existing_range(...)
 {
 <...
- vma_start_write(prev);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_merge_prev_nolock)) vma_start_write(prev);
 ...>
 }
