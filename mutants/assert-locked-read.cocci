// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_assert_locked() wants the write lock of a reader
// symptom:	a false alarm with every page fault
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 vma_assert_locked(...)
 {
 <...
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_assert_locked_read)) vma_assert_write_locked(vma);
  if (IS_ENABLED(CONFIG_LOCKDEP)) { ... }
 ...>
 }
