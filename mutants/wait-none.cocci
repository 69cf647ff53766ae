// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the writer does not wait for readers
// symptom:	it owns the VMA together with them
// noticed by:	K
// file:	mm/mmap_lock.c

@@
expression list es;
@@
 __vma_start_exclude_readers(...)
 {
 <...
- rcuwait_wait_event(es)
+ (vma_lock_mutant(VMA_LOCK_MUTANT_wait_none) ? 0 : rcuwait_wait_event(es))
 ...>
 }
