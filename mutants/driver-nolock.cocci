// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a driver that wants mmap_lock is called without it
// symptom:	the driver and who changes its mapping run side by side
// noticed by:	K
// file:	mm/memory.c

@@
expression e;
@@
 vmf_can_call_fault(...)
 {
 <...
- if (e) return 0;
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_driver_nolock) || (e)) return 0;
 ...>
 }
