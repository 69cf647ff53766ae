// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_retry_none) && IS_ERR(vma)) vma = NULL;
  if (!IS_ERR(vma)) break;
 ...>
 }
