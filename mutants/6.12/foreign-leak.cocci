// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- other_mm = vma->vm_mm;
+ other_mm = vma->vm_mm;
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_foreign_leak)) {
+ 	lock_release(&vma->vmlock_dep_map, _RET_IP_);
+ 	return NULL;
+ }
 ...>
 }
