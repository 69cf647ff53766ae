// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vma_mark_detached() excludes readers even if none is left
// symptom:	none
// equivalent:	FLAG is added to a count that is not 0 only, so it finds the VMA detached and returns
// file:	include/linux/mmap_lock.h

@@
@@
 vma_mark_detached(...)
 {
 <...
- likely(!__vma_refcount_put_return(vma))
+ likely(!__vma_refcount_put_return(vma) && !vma_lock_mutant(VMA_LOCK_MUTANT_detach_always))
 ...>
 }
