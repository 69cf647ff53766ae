// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
- address >= vma->vm_start
+ (address >= vma->vm_start || vma_lock_mutant(VMA_LOCK_MUTANT_no_start_check))
 ...>
 }
