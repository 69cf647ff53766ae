// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a merge does not write-lock the VMA that is merged
// symptom:	readers run while the range changes
// noticed by:	K, S
// file:	mm/vma.c

@@
@@
 vma_merge_existing_range(...)
 {
 <...
- vma_start_write(middle);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_merge_nolock)) vma_start_write(middle);
 ...>
 }
