// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vm_lock_seq is stored one too high
// symptom:	the VMA is unlocked while it is written, and locked when it is not
// noticed by:	K
// file:	mm/mmap_lock.c
// file 6.12:	mm/vma_lock.c

@@
expression e;
@@
 __vma_start_write(...)
 {
 <...
- WRITE_ONCE(vma->vm_lock_seq, e);
+ WRITE_ONCE(vma->vm_lock_seq, (e) + vma_lock_mutant(VMA_LOCK_MUTANT_seq_off));
 ...>
 }
