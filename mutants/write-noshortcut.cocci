// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_start_write() does not see that the VMA is write-locked already
// symptom:	every further write lock excludes readers again: cost, and a wait for transient ones
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 vma_start_write(...)
 {
 <...
- __is_vma_write_locked(vma)
+ (__is_vma_write_locked(vma) && !vma_lock_mutant(VMA_LOCK_MUTANT_write_noshortcut))
 ...>
 }
