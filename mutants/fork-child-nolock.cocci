// SPDX-License-Identifier: GPL-2.0
//
// breaks:	fork() does not write-lock the VMAs of the child
// symptom:	a VMA is attached that nobody locked
// noticed by:	K, S
// kernels:	7.3
// file:	mm/mmap.c

@@
@@
 dup_mmap(...)
 {
 <...
- vma_start_write(tmp);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_fork_child_nolock)) vma_start_write(tmp);
 ...>
 }
