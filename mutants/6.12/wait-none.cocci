// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
expression list es;
@@
 vma_exclude_readers(...)
 {
 <...
- rcuwait_wait_event(es)
+ (vma_lock_mutant(VMA_LOCK_MUTANT_wait_none) ? 0 : rcuwait_wait_event(es))
 ...>
 }
