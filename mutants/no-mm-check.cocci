// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the read lock does not ask whose VMA it is
// symptom:	another process' VMA is locked
// noticed by:	K
// file:	mm/mmap_lock.c
// file 6.12:	mm/vma_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- vma->vm_mm != mm
+ (vma->vm_mm != mm && !vma_lock_mutant(VMA_LOCK_MUTANT_no_mm_check))
 ...>
 }
