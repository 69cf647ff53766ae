// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the fallback of the walk does not go back to its position
// symptom:	VMAs are skipped
// noticed by:	K
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
@@
 lock_next_vma_under_mmap_lock(...)
 {
 <...
- vma_iter_set(vmi, from_addr);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_next_noset)) vma_iter_set(vmi, from_addr);
 ...>
 }
