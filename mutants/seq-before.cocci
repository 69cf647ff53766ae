// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vm_lock_seq is stored before readers are excluded
// symptom:	a VMA marked write-locked with readers inside
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 __vma_start_write(...)
 {
 <...
- err = __vma_start_exclude_readers(&ves);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_seq_before)) vma->vm_lock_seq = mm_lock_seq;
+ err = __vma_start_exclude_readers(&ves);
 ...>
 }
