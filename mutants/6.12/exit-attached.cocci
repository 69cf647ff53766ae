// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/mmap.c

@@
@@
 exit_mmap(...)
 {
 <...
- vma_mark_detached(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_exit_attached)) vma_mark_detached(vma);
 ...>
 }
