// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vm_lock_seq is stored after FLAG was taken off
// symptom:	a reader slips in between and holds a VMA that is being written
// noticed by:	P
// file:	mm/mmap_lock.c

@@
@@
 __vma_start_write(...)
 {
 <...
  if (err) { ... return err; }
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_seq_late)) {
+ if (ves.exclusive)
+ (__vma_end_exclude_readers)(&ves);
+ vma->vm_lock_seq = mm_lock_seq;
+ return 0;
+ }
 ...>
 }
