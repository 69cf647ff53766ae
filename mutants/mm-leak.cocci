// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the other mm is held and never let go
// symptom:	an mm that is never freed
// noticed by:	K
// file:	mm/mmap_lock.c
// file 6.12:	mm/vma_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- mmdrop(other_mm);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_mm_leak)) mmdrop(other_mm);
 ...>
 }
