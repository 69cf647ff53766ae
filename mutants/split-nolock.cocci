// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a split does not write-lock the VMA that it cuts
// symptom:	readers run while the range changes
// noticed by:	K, S
// file:	mm/vma.c

@@
@@
 __split_vma(...)
 {
 <...
- vma_start_write(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_split_nolock)) vma_start_write(vma);
 ...>
 }
