// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
expression e1, e2;
@@
 vma_start_write_killable(...)
 {
 <...
- __vma_start_write(vma, e1, e2)
+ __vma_start_write(vma, e1, vma_lock_mutant(VMA_LOCK_MUTANT_killable_any) ? TASK_INTERRUPTIBLE : e2)
 ...>
 }
