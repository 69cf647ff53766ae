// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the detach gives up on a fatal signal
// symptom:	a dying task frees a VMA with a reader inside
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 __vma_exclude_readers_for_detach(...)
 {
 <...
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_detach_killable)) ves.state = TASK_KILLABLE;
  err = __vma_start_exclude_readers(&ves);
 ...>
 }
