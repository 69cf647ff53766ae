// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_start_write() does nothing
// symptom:	readers run while the VMA is changed
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 vma_start_write(...)
 {
 <...
- __is_vma_write_locked(vma)
+ (__is_vma_write_locked(vma) || vma_lock_mutant(VMA_LOCK_MUTANT_write_noop))
 ...>
 }
