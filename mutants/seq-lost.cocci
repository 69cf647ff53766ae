// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vm_lock_seq is not stored
// symptom:	readers come in as soon as FLAG is off
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
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_seq_lost)) WRITE_ONCE(vma->vm_lock_seq, e);
 ...>
 }
