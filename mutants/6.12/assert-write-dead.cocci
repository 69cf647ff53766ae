// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
expression e;
@@
 vma_assert_write_locked(...)
 {
 <...
- !__is_vma_write_locked(vma, e)
+ (!__is_vma_write_locked(vma, e) && !vma_lock_mutant(VMA_LOCK_MUTANT_assert_write_dead))
 ...>
 }
