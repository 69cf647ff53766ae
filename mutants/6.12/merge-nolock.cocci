// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma.c

@@
@@
 vma_merge_existing_range(...)
 {
 <...
- vma_start_write(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_merge_nolock)) vma_start_write(vma);
 ...>
 }
