// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
expression e;
@@
 vma_exclude_readers(...)
 {
 <...
- count_acquire(vma) == e
+ count_acquire(vma) == (e) - (vma_lock_mutant(VMA_LOCK_MUTANT_tgt_noflag) ? VMA_LOCK_OFFSET : 0)
 ...>
 }
