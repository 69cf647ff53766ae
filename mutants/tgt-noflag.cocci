// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the count that is waited for lacks FLAG
// symptom:	no writer that announced itself ever reaches it
// noticed by:	K
// file:	mm/mmap_lock.c

@@
@@
 get_target_refcnt(...)
 {
 <...
- tgt | VM_REFCNT_EXCLUDE_READERS_FLAG
+ tgt | (vma_lock_mutant(VMA_LOCK_MUTANT_tgt_noflag) ? 0 : VM_REFCNT_EXCLUDE_READERS_FLAG)
 ...>
 }
