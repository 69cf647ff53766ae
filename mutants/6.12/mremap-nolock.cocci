// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/mremap.c

@@
@@
 move_vma(...)
 {
 <...
- vma_start_write(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_mremap_nolock)) vma_start_write(vma);
 ...>
 }
