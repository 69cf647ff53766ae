// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_start_write() gives up on a fatal signal
// symptom:	a dying task goes on to write without the lock
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
expression e;
@@
 vma_start_write(...)
 {
 <...
- __vma_start_write(vma, e)
+ __vma_start_write(vma, vma_lock_mutant(VMA_LOCK_MUTANT_start_killable) ? TASK_KILLABLE : e)
 ...>
 }
