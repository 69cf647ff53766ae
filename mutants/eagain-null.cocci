// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a detached VMA is reported as a locked one
// symptom:	the lookup falls back instead of looking again; no miss is counted
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
+ ((e) || vma_lock_mutant(VMA_LOCK_MUTANT_eagain_null)) ? NULL : ERR_PTR(-EAGAIN)
 ...>
 }
