// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_assert_locked() never fires under lockdep
// symptom:	an access without the lock goes unnoticed
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
expression e;
@@
 vma_assert_locked(...)
 {
 <...
if (
- !lock_is_held(e)
+ !lock_is_held(e) && !vma_lock_mutant(VMA_LOCK_MUTANT_assert_locked_dead)
 ) vma_assert_write_locked(vma);
 ...>
 }
