// SPDX-License-Identifier: GPL-2.0
//
// file:	include/linux/vma_lock.h

@@
expression e;
statement S;
@@
 vma_refcount_put(...)
 {
 <...
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_mm_after_put)) mm = vma->vm_mm;
  if (<+... is_vma_writer_only(e) ...+>) S
 ...>
 }
