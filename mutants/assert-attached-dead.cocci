// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_assert_attached() never fires
// symptom:	a VMA in the wrong state goes unnoticed
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
expression e;
@@
 vma_assert_attached(...)
 {
 <...
- WARN_ON_ONCE(e)
+ WARN_ON_ONCE((e) && !vma_lock_mutant(VMA_LOCK_MUTANT_assert_attached_dead))
 ...>
 }
