// SPDX-License-Identifier: GPL-2.0
//
// breaks:	madvise() does not write-lock the VMA whose flags it changes
// symptom:	readers run while the flags change
// noticed by:	K, S
// file:	mm/madvise.c

@@
@@
 madvise_update_vma(...)
 {
 <...
- vma_start_write(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_madvise_nolock)) vma_start_write(vma);
 ...>
 }
