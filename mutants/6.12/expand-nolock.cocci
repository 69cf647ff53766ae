// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma.c

@@
@@
 vma_expand(...)
 {
 <...
- vma_start_write(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_expand_nolock)) vma_start_write(vma);
 ...>
 }
