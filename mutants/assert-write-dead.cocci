// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_assert_write_locked() never fires
// symptom:	a write without the lock goes unnoticed
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
expression e;
@@
 vma_assert_write_locked(...)
 {
 <...
- VM_WARN_ON_ONCE_VMA(e, vma)
+ VM_WARN_ON_ONCE_VMA((e) && !vma_lock_mutant(VMA_LOCK_MUTANT_assert_write_dead), vma)
 ...>
 }
