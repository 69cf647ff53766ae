// SPDX-License-Identifier: GPL-2.0
//
// breaks:	khugepaged takes the write lock after it checked the pmd
// symptom:	a page table is collapsed that MADV_DONTNEED has freed meanwhile
// noticed by:	S, K with huge pages
// history:	review of khugepaged's use of the lock
// kernels:	7.2
// file:	mm/khugepaged.c

@@
expression e1, e2;
@@
 collapse_huge_page(...)
 {
 <...
- vma_start_write(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_collapse_late)) vma_start_write(vma);
  result = check_pmd_still_valid(mm, e1, e2);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_collapse_late)) vma_start_write(vma);
 ...>
 }
