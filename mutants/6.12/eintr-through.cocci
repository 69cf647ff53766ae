// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 vma_exclude_readers(...)
 {
 <...
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_eintr_through)) err = 0;
  if (err) { ... return err; }
 ...>
 }
