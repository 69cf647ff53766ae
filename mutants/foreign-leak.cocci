// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a reader that meets another mm's VMA keeps its reference
// symptom:	that mm's next writer waits for ever
// noticed by:	K
// order:	last
// file:	mm/mmap_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- other_mm = vma->vm_mm;
+ other_mm = vma->vm_mm;
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_foreign_leak)) {
+ 	lock_release(__vma_lockdep_map(vma), _RET_IP_);
+ 	(rcu_read_unlock)();
+ 	return NULL;
+ }
 ...>
 }
