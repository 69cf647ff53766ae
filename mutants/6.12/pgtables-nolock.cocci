// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/memory.c

@@
statement S1, S2;
@@
 free_pgtables(...)
 {
 <...
  if (
- mm_wr_locked
+ mm_wr_locked && !vma_lock_mutant(VMA_LOCK_MUTANT_pgtables_nolock)
  ) vma_start_write(vma);
  unlink_anon_vmas(vma);
  if (is_vm_hugetlb_page(vma)) S1 else S2
 ...>
 }

@@
@@
 free_pgtables(...)
 {
 <...
  if (
- mm_wr_locked
+ mm_wr_locked && !vma_lock_mutant(VMA_LOCK_MUTANT_pgtables_nolock)
  ) vma_start_write(vma);
  unlink_anon_vmas(vma);
  unlink_file_vma_batch_add(&vb, vma);
 ...>
 }
