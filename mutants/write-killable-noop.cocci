// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_start_write_killable() does nothing and reports success
// symptom:	fork copies page tables under readers
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 vma_start_write_killable(...)
 {
 <...
- __is_vma_write_locked(vma)
+ (__is_vma_write_locked(vma) || vma_lock_mutant(VMA_LOCK_MUTANT_write_killable_noop))
 ...>
 }
