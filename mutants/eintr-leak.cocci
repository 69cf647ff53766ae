// SPDX-License-Identifier: GPL-2.0
//
// breaks:	FLAG stays behind when a killable wait is interrupted
// symptom:	every later reader is refused, and the count saturates with the next writers
// noticed by:	K
// history:	6.19-rc: FLAG leaked by vma_start_write_killable()
// file:	mm/mmap_lock.c

@@
@@
 __vma_start_exclude_readers(...)
 {
 <...
- __vma_end_exclude_readers(ves);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_eintr_leak)) __vma_end_exclude_readers(ves);
 ...>
 }
@@
@@
 __vma_start_exclude_readers(...)
 {
 <...
- return err;
+ {
+ 	if (vma_lock_mutant(VMA_LOCK_MUTANT_eintr_leak)) lock_release(__vma_lockdep_map(vma), _RET_IP_);
+ 	return err;
+ }
 ...>
 }
