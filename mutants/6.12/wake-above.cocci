// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
expression e;
@@
 is_vma_writer_only(...)
 {
 <...
- refcnt <= e
+ refcnt <= (e) + vma_lock_mutant(VMA_LOCK_MUTANT_wake_above)
 ...>
 }
