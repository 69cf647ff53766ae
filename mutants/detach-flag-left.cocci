// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the detach does not take FLAG off
// symptom:	the count of the freed VMA is FLAG, not 0
// noticed by:	K
// file:	mm/mmap_lock.c

@@
statement S;
@@
 __vma_exclude_readers_for_detach(...)
 {
 <...
 if (
- !err && ves.exclusive
+ !err && ves.exclusive && !vma_lock_mutant(VMA_LOCK_MUTANT_detach_flag_left)
 ) S
 ...>
 }
