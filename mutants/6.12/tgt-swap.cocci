// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
expression e1, e2;
@@
 __vma_exclude_readers_for_detach(...)
 {
 <...
- vma_exclude_readers(vma, e1, e2)
+ vma_exclude_readers(vma, (e1) != vma_lock_mutant(VMA_LOCK_MUTANT_tgt_swap), e2)
 ...>
 }

@@
expression e1, e2;
@@
 __vma_start_write(...)
 {
 <...
- vma_exclude_readers(vma, e1, e2)
+ vma_exclude_readers(vma, (e1) != vma_lock_mutant(VMA_LOCK_MUTANT_tgt_swap), e2)
 ...>
 }
