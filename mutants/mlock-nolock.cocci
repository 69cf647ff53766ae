// SPDX-License-Identifier: GPL-2.0
//
// breaks:	mlock() does not write-lock the VMA whose flags it changes
// symptom:	pages are counted twice by a racing fault
// noticed by:	K, S
// file:	mm/mlock.c

@@
@@
 mlock_vma_pages_range(...)
 {
 <...
- vma_start_write(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_mlock_nolock)) vma_start_write(vma);
 ...>
 }
