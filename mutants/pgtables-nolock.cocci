// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the VMAs are not write-locked when their page tables are freed
// symptom:	none of our own
// noticed by:	K, S
// file:	mm/memory.c

@@
@@
 free_pgtables(...)
 {
 <...
  if (
- unmap->mm_wr_locked
+ unmap->mm_wr_locked && !vma_lock_mutant(VMA_LOCK_MUTANT_pgtables_nolock)
  ) vma_start_write(vma);
  unlink_anon_vmas(vma);
  unlink_file_vma_batch_init(&vb);
 ...>
 }
