// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a fault of a driver's mapping keeps its VMA when it falls back
// symptom:	the next writer waits for ever
// noticed by:	K
// file:	mm/memory.c

@@
@@
 vmf_can_call_fault(...)
 {
 <...
- vma_end_read(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_driver_leak)) vma_end_read(vma);
 ...>
 }
