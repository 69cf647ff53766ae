// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the other mm is not held while its VMA is put
// symptom:	the wake-up is for a freed mm
// noticed by:	K
// history:	CVE-2025-38554: 6.15 to 6.15.9 and 6.16.0
// file:	mm/mmap_lock.c
// file 6.12:	mm/vma_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- mmgrab(other_mm);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_mm_uaf)) mmgrab(other_mm);
 ...>
 }
@@
@@
 vma_start_read(...)
 {
 <...
- mmdrop(other_mm);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_mm_uaf)) mmdrop(other_mm);
 ...>
 }
