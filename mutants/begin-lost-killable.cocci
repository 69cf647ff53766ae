// SPDX-License-Identifier: GPL-2.0
//
// breaks:	mmap_write_lock_killable() does not move the sequence
// symptom:	mmap, munmap and mprotect run with a sequence of the wrong parity
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 mmap_write_lock_killable(...)
 {
 <...
- !ret
+ (!ret && !vma_lock_mutant(VMA_LOCK_MUTANT_begin_lost_killable))
 ...>
 }
