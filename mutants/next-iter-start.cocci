// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the walk sets the iterator to the start of what its fallback found
// symptom:	the VMA is returned twice
// noticed by:	K
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
expression e1, e2;
@@
 lock_next_vma(...)
 {
 <...
- IS_ERR_OR_NULL(vma) ? e1 : e2
+ IS_ERR_OR_NULL(vma) ? e1 : vma_lock_mutant(VMA_LOCK_MUTANT_next_iter_start) ? vma->vm_start : e2
 ...>
 }
