// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the lookup does not compare the address with the start of what it locked
// symptom:	a VMA that was moved up is returned
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
- address < vma->vm_start
+ (address < vma->vm_start && !vma_lock_mutant(VMA_LOCK_MUTANT_no_start_check))
 ...>
 }
