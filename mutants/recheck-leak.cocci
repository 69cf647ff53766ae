// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a reader that the second look refuses keeps its reference
// symptom:	the next writer waits for ever
// noticed by:	P
// file:	mm/mmap_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
if (<+... raw_read_seqcount(...) ...+>) {
 <...
- vma_refcount_put(vma);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_recheck_leak)) lock_release(__vma_lockdep_map(vma), _RET_IP_); else vma_refcount_put(vma);
 ...>
 }
 ...>
 }
