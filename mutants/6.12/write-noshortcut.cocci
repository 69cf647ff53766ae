// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
expression e;
@@
 vma_start_write(...)
 {
 <...
- __is_vma_write_locked(vma, e)
+ (__is_vma_write_locked(vma, e) && !vma_lock_mutant(VMA_LOCK_MUTANT_write_noshortcut))
 ...>
 }
