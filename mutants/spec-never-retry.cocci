// SPDX-License-Identifier: GPL-2.0
//
// breaks:	speculation is never told that the mm changed
// symptom:	a reader believes what a writer has changed
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
expression list es;
@@
 mmap_lock_speculate_retry(...)
 {
 <...
- read_seqcount_retry(es)
+ (read_seqcount_retry(es) && !vma_lock_mutant(VMA_LOCK_MUTANT_spec_never_retry))
 ...>
 }
