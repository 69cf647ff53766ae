// SPDX-License-Identifier: GPL-2.0
//
// breaks:	fork() does not write-lock the VMAs that it copies
// symptom:	a racing fault writes to a page that parent and child share
// noticed by:	K, S
// file:	mm/mmap.c
// file 6.12:	kernel/fork.c

@@
@@
 dup_mmap(...)
 {
 <...
- retval = vma_start_write_killable(mpnt);
+ retval = vma_lock_mutant(VMA_LOCK_MUTANT_fork_nolock) ? 0 : vma_start_write_killable(mpnt);
 ...>
 }
