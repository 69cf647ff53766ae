// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a successful wait does not report that readers are excluded
// symptom:	nobody takes FLAG off: every later reader is refused
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 __vma_start_exclude_readers(...)
 {
 <...
- ves->exclusive = true;
+ ves->exclusive = !vma_lock_mutant(VMA_LOCK_MUTANT_exclusive_lost);
 ...>
 }
