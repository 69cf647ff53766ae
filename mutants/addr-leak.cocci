// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a lookup that locked the wrong VMA keeps it
// symptom:	the next writer waits for ever
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
- vma_end_read(vma);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_addr_leak)) lock_release(__vma_lockdep_map(vma), _RET_IP_); else vma_end_read(vma);
 ...>
 }
