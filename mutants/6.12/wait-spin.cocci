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
+ (vma_lock_mutant(VMA_LOCK_MUTANT_wait_spin) ? vma_lock_mutant_poll(&vma->vm_refcnt, VMA_LOCK_OFFSET + rest) : rcuwait_wait_event(es))
 ...>
 }
