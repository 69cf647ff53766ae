// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/mmap.c

@@
@@
 __mmap_region(...)
 {
 <...
- vma_start_write(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_mmap_nolock)) vma_start_write(vma);
 ...>
 }
