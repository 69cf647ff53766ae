// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 vma_start_read(...)
 {
 <...
- mmgrab(other_mm);
+ mmgrab(other_mm);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_mm_early_drop)) {
+ 	(mmdrop)(other_mm);
+ 	(vma_refcount_put)(vma);
+ 	(rcu_read_lock)();
+ 	return NULL;
+ }
 ...>
 }
