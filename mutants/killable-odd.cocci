// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a failed mmap_write_lock_killable() moves the sequence
// symptom:	the sequence says locked for a lock that is not held
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
@@
 mmap_write_lock_killable(...)
 {
 <...
- !ret
+ (!ret || vma_lock_mutant(VMA_LOCK_MUTANT_killable_odd))
 ...>
 }
