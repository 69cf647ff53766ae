// SPDX-License-Identifier: GPL-2.0
//
// breaks:	FLAG is not taken off again
// symptom:	every later reader is refused, the next writer waits for ever
// noticed by:	K
// file:	mm/mmap_lock.c

@@
expression e;
@@
 __vma_end_exclude_readers(...)
 {
 <...
- ves->detached = refcount_sub_and_test(e, &vma->vm_refcnt);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_exclude_end_lost)) ves->detached = refcount_sub_and_test(e, &vma->vm_refcnt);
 ...>
 }
