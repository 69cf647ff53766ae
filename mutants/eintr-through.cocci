// SPDX-License-Identifier: GPL-2.0
//
// breaks:	an interrupted wait counts as a successful one
// symptom:	the VMA is write-locked with a reader inside
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 __vma_start_exclude_readers(...)
 {
 <...
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_eintr_through)) err = 0;
  if (err) { ... return err; }
 ...>
 }
