// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the subclass of a nested read lock is not passed on
// symptom:	none
// equivalent:	vma_start_read_locked_nested() does not use it: the map is taken without a subclass
// file:	include/linux/mmap_lock.h
// file 6.12:	include/linux/vma_lock.h

@@
@@
 vma_start_read_locked(...)
 {
 <...
- vma_start_read_locked_nested(vma, 0)
+ vma_start_read_locked_nested(vma, vma_lock_mutant(VMA_LOCK_MUTANT_subclass_lost) ? SINGLE_DEPTH_NESTING : 0)
 ...>
 }
