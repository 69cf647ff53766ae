// SPDX-License-Identifier: GPL-2.0
//
// breaks:	brk() does not write-lock the new VMA before it is in the tree
// symptom:	readers run on a VMA that is not finished
// noticed by:	K, S
// file:	mm/vma.c
// file 6.12:	mm/mmap.c

@@
@@
 do_brk_flags(...)
 {
 <...
- vma_start_write(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_brk_nolock)) vma_start_write(vma);
 ...>
 }
