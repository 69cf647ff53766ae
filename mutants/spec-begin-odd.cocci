// SPDX-License-Identifier: GPL-2.0
//
// breaks:	speculation begins although mmap_lock is held for write
// symptom:	a reader believes what a writer is changing
// noticed by:	K
// file:	include/linux/mmap_lock.h

@@
expression list es;
@@
 mmap_lock_speculate_try_begin(...)
 {
 <...
- raw_seqcount_try_begin(es)
+ (raw_seqcount_try_begin(es) || vma_lock_mutant(VMA_LOCK_MUTANT_spec_begin_odd))
 ...>
 }
