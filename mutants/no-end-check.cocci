// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the lookup does not compare the address with the end of what it locked
// symptom:	a VMA that was cut is returned
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
- address >= vma->vm_end
+ (address >= vma->vm_end && !vma_lock_mutant(VMA_LOCK_MUTANT_no_end_check))
 ...>
 }
