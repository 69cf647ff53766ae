// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 __vma_start_write(...)
 {
 <...
  if (excluded < 0) return excluded;
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_seq_late)) {
+ 	if (excluded)
+ 		(vma_admit_readers)(vma);
+ 	vma->vm_lock_seq = mm_lock_seq;
+ 	return 0;
+ }
 ...>
 }
