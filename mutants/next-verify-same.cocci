// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the walk accepts another VMA than the one it locked when it looks again
// symptom:	a VMA is skipped
// noticed by:	P
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
@@
 lock_next_vma(...)
 {
 <...
- vma != vma_next(vmi)
+ (vma != vma_next(vmi) && !vma_lock_mutant(VMA_LOCK_MUTANT_next_verify_same))
 ...>
 }
