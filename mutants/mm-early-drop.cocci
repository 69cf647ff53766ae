// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the other mm is let go before its VMA is put
// symptom:	the wake-up is for a freed mm
// noticed by:	P
// order:	last
// file:	mm/mmap_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- mmgrab(other_mm);
+ mmgrab(other_mm);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_mm_early_drop)) {
+ 	(mmdrop)(other_mm);
+ 	(vma_refcount_put)(vma);
+ 	return NULL;
+ }
 ...>
 }
