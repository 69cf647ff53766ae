// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 lock_vma_under_rcu(...)
 {
 <...
- address < vma->vm_end
+ (address < vma->vm_end || vma_lock_mutant(VMA_LOCK_MUTANT_no_end_check))
 ...>
 }
