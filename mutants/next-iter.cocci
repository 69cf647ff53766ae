// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the walk does not set the iterator again after its fallback
// symptom:	VMAs are skipped or repeated
// noticed by:	K
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
expression e1, e2;
@@
 lock_next_vma(...)
 {
 <...
- vma_iter_set(vmi, IS_ERR_OR_NULL(vma) ? e1 : e2);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_next_iter)) vma_iter_set(vmi, IS_ERR_OR_NULL(vma) ? e1 : e2);
 ...>
 }
