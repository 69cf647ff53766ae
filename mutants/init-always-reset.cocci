// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_lock_init() resets the count when told not to
// symptom:	a reader that still holds the recycled object loses its reference
// noticed by:	K
// file:	include/linux/mmap_lock.h
// file 6.12:	include/linux/vma_lock.h

@@
@@
 vma_lock_init(...)
 {
 <...
- reset_refcnt
+ (reset_refcnt || vma_lock_mutant(VMA_LOCK_MUTANT_init_always_reset))
 ...>
 }
