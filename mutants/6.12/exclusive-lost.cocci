// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 vma_exclude_readers(...)
 {
 <...
- return 1;
+ return !vma_lock_mutant(VMA_LOCK_MUTANT_exclusive_lost);
 ...>
 }
