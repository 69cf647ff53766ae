// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 vma_exclude_readers(...)
 {
 <...
- return 0;
+ return vma_lock_mutant(VMA_LOCK_MUTANT_exit_on_zero);
 ...>
 }
