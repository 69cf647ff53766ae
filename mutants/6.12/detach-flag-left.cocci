// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
expression list es;
@@
 __vma_exclude_readers_for_detach(...)
 {
 <...
- vma_exclude_readers(es) > 0
+ (vma_exclude_readers(es) > 0 && !vma_lock_mutant(VMA_LOCK_MUTANT_detach_flag_left))
 ...>
 }
