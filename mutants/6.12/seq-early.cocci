// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 __vma_start_write(...)
 {
 <...
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_seq_early)) vma->vm_lock_seq = mm_lock_seq;
  if (excluded < 0) return excluded;
 ...>
 }
