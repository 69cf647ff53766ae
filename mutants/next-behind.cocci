// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the walk accepts a VMA behind its position
// symptom:	lines of maps are repeated
// noticed by:	P
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
@@
 lock_next_vma(...)
 {
 <...
- from_addr >= vma->vm_end
+ (from_addr >= vma->vm_end && !vma_lock_mutant(VMA_LOCK_MUTANT_next_behind))
 ...>
 }
