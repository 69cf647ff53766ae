// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the counts that write lock and detach wait for are swapped
// symptom:	both wait for what cannot come, or return too early
// noticed by:	K
// file:	mm/mmap_lock.c

@@
expression e;
@@
 get_target_refcnt(...)
 {
 <...
- e ? 0 : 1
+ ((e) != vma_lock_mutant(VMA_LOCK_MUTANT_tgt_swap)) ? 0 : 1
 ...>
 }
