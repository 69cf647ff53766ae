// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a merge does not write-lock the VMA above
// symptom:	readers run while the range changes
// noticed by:	K, S
// file:	mm/vma.c

@@
@@
 vma_merge_existing_range(...)
 {
 <...
- vma_start_write(next);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_merge_next_nolock)) vma_start_write(next);
 ...>
 }
