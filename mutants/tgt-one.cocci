// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the detach waits for FLAG+1, too
// symptom:	it returns with a reader inside
// noticed by:	K
// file:	mm/mmap_lock.c

@@
expression e;
@@
 get_target_refcnt(...)
 {
 <...
- e ? 0 : 1
+ ((e) && !vma_lock_mutant(VMA_LOCK_MUTANT_tgt_one)) ? 0 : 1
 ...>
 }
