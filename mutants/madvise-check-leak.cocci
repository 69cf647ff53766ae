// SPDX-License-Identifier: GPL-2.0
//
// breaks:	madvise() keeps the VMA when one VMA does not suffice
// symptom:	the next writer waits for ever
// noticed by:	K, S
// kernels:	7.2
// file:	mm/madvise.c

@@
@@
 try_vma_read_lock(...)
 {
 <...
- vma_end_read(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_madvise_check_leak)) vma_end_read(vma);
 ...>
 }
