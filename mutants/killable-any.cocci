// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_start_write_killable() listens to every signal
// symptom:	any signal makes fork fail
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
expression e;
@@
 vma_start_write_killable(...)
 {
 <...
- __vma_start_write(vma, e)
+ __vma_start_write(vma, vma_lock_mutant(VMA_LOCK_MUTANT_killable_any) ? TASK_INTERRUPTIBLE : e)
 ...>
 }
