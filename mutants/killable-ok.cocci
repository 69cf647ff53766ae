// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_start_write_killable() reports success when it was killed
// symptom:	fork copies page tables under readers
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
expression e;
@@
 vma_start_write_killable(...)
 {
 <...
- return __vma_start_write(vma, e);
+ {
+ 	int ret = __vma_start_write(vma, e);
+ 
+ 	return vma_lock_mutant(VMA_LOCK_MUTANT_killable_ok) ? 0 : ret;
+ }
 ...>
 }
