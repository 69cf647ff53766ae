// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the copy of a moved VMA is linked without a write lock
// symptom:	readers run while page tables are moved
// noticed by:	K, S
// file:	mm/vma.c

@@
@@
 vma_link(...)
 {
 <...
- vma_start_write(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_link_nolock)) vma_start_write(vma);
 ...>
 }
