// SPDX-License-Identifier: GPL-2.0
//
// breaks:	mprotect() does not write-lock the VMA
// symptom:	readers use the old protection while it changes
// noticed by:	K, S
// file:	mm/mprotect.c

@@
@@
 mprotect_fixup(...)
 {
 <...
- vma_start_write(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_mprotect_nolock)) vma_start_write(vma);
 ...>
 }
