// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a VMA is put into the tree before it is attached
// symptom:	readers spin on a count of 0
// noticed by:	K, S
// file:	mm/vma.h

@@
@@
 vma_iter_store_new(...)
 {
 <...
- vma_mark_attached(vma);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_store_order)) {
+ 	vma_iter_store_overwrite(vmi, vma);
+ 	vma_lock_mutant_linger();
+ 	vma_mark_attached(vma);
+ 	return;
+ }
+ vma_mark_attached(vma);
 ...>
 }
