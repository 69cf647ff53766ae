// SPDX-License-Identifier: GPL-2.0
//
// breaks:	speculation is always told that the mm changed
// symptom:	every walk looks twice
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
expression list es;
@@
 mmap_lock_speculate_retry(...)
 {
 <...
- read_seqcount_retry(es)
+ (read_seqcount_retry(es) || vma_lock_mutant(VMA_LOCK_MUTANT_spec_always_retry))
 ...>
 }
