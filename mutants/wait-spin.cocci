// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the writer polls instead of sleeping
// symptom:	a CPU is burned for as long as the reader stays
// noticed by:	K
// file:	mm/mmap_lock.c

@@
expression list es;
@@
 __vma_start_exclude_readers(...)
 {
 <...
- rcuwait_wait_event(es)
+ (vma_lock_mutant(VMA_LOCK_MUTANT_wait_spin) ? vma_lock_mutant_poll(&vma->vm_refcnt, tgt_refcnt) : rcuwait_wait_event(es))
 ...>
 }
