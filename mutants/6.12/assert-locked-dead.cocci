// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
@@
 vma_assert_locked(...)
 {
 <...
  if (!IS_ENABLED(CONFIG_DEBUG_VM)) return;
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_assert_locked_dead)) return;
 ...>
 }
