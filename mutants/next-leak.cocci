// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the walk keeps the VMA that it found to be the wrong one
// symptom:	the next writer waits for ever
// noticed by:	P
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
@@
 lock_next_vma(...)
 {
 <...
- vma_end_read(vma);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_next_leak)) lock_release(__vma_lockdep_map(vma), _RET_IP_); else vma_end_read(vma);
 ...>
 }
