// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 __vma_exclude_readers_for_detach(...)
 {
 <...
- TASK_UNINTERRUPTIBLE
+ (vma_lock_mutant(VMA_LOCK_MUTANT_detach_killable) ? TASK_KILLABLE : TASK_UNINTERRUPTIBLE)
 ...>
 }
