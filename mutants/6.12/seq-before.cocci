// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
expression e;
@@
 __vma_start_write(...)
 {
 <...
- int excluded = e;
+ int excluded;
+
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_seq_before)) vma->vm_lock_seq = mm_lock_seq;
+ excluded = e;
 ...>
 }
