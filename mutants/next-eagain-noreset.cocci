// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the walk does not go back to its position before it tries again
// symptom:	the VMA that replaced the detached one is skipped
// noticed by:	K
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
@@
 lock_next_vma(...)
 {
 <...
 if (<+... PTR_ERR(vma) == -EAGAIN ...+>) {
 <...
- vma_iter_set(vmi, from_addr);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_next_eagain_noreset)) vma_iter_set(vmi, from_addr);
 ...>
 }
 ...>
 }
