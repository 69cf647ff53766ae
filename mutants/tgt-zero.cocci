// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the write lock waits for FLAG, too
// symptom:	it waits for the attach reference to go, which stays
// noticed by:	K
// file:	mm/mmap_lock.c

@@
expression e;
@@
 get_target_refcnt(...)
 {
 <...
- e ? 0 : 1
+ ((e) || vma_lock_mutant(VMA_LOCK_MUTANT_tgt_zero)) ? 0 : 1
 ...>
 }
