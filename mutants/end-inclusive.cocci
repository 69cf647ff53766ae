// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the lookup takes the end of a VMA for an address in it
// symptom:	the VMA below is returned
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
- address >= vma->vm_end
+ (vma_lock_mutant(VMA_LOCK_MUTANT_end_inclusive) ? address > vma->vm_end : address >= vma->vm_end)
 ...>
 }
