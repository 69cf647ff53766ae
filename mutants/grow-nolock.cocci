// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a growing stack does not write-lock its VMA
// symptom:	readers run while the range changes
// noticed by:	K, S
// file:	mm/vma.c
// file 6.12:	mm/mmap.c

@@
@@
 expand_downwards(...)
 {
 <...
- vma_start_write(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_grow_nolock)) vma_start_write(vma);
 ...>
 }
