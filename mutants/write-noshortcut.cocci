// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_start_write() does not see that the VMA is write-locked already
// symptom:	none
// equivalent:	it excludes readers again that cannot be there to stay, and stores the sequence that is there: cost only
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
