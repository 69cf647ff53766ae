// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vm_mm is read after the count was dropped
// symptom:	the VMA may be another's by then: the wrong mm is woken, or a freed one
// noticed by:	P
// file:	include/linux/mmap_lock.h

@@
@@
 vma_refcount_put(...)
 {
 <...
- newcnt = __vma_refcount_put_return(vma);
+ newcnt = __vma_refcount_put_return(vma);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_mm_after_put)) mm = vma->vm_mm;
 ...>
 }
