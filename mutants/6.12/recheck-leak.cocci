// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
if (<+... raw_read_seqcount(...) ...+>) {
 <...
- vma_refcount_put(vma);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_recheck_leak)) lock_release(&vma->vmlock_dep_map, _RET_IP_); else vma_refcount_put(vma);
 ...>
 }
 ...>
 }
