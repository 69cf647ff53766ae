// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the exclusion of a detached VMA is ended without having begun
// symptom:	FLAG is taken off a count of 0: underflow
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 __vma_start_exclude_readers(...)
 {
 <...
  ves->detached = true;
+ ves->exclusive = vma_lock_mutant(VMA_LOCK_MUTANT_exit_on_zero);
 ...>
 }
