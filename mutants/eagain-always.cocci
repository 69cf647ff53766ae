// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a locked VMA is reported as a detached one
// symptom:	the lookup spins while a writer waits
// noticed by:	K
// file:	mm/mmap_lock.c
// file 6.12:	mm/vma_lock.c

@@
expression e;
@@
 vma_start_read(...)
 {
 <...
- e ? NULL : ERR_PTR(-EAGAIN)
+ ((e) && !vma_lock_mutant(VMA_LOCK_MUTANT_eagain_always)) ? NULL : ERR_PTR(-EAGAIN)
 ...>
 }
