// SPDX-License-Identifier: GPL-2.0
//
// breaks:	munmap() does not write-lock what it takes out
// symptom:	readers run while the range is unmapped
// noticed by:	K, S
// file:	mm/vma.c

@@
@@
 vms_gather_munmap_vmas(...)
 {
 <...
- vma_start_write(next);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_munmap_nolock)) vma_start_write(next);
 ...>
 }
