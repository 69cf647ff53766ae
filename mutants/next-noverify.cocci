// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the walk does not look again at a hole when the mm has changed
// symptom:	a hole is reported that is none
// noticed by:	P
// kernels:	7.2
// file:	mm/mmap_lock.c

@@
@@
 lock_next_vma(...)
 {
 <...
- from_addr < vma->vm_start
+ (from_addr < vma->vm_start && !vma_lock_mutant(VMA_LOCK_MUTANT_next_noverify))
 ...>
 }
