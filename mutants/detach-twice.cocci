// SPDX-License-Identifier: GPL-2.0
//
// breaks:	munmap() marks what it takes out as detached twice
// symptom:	the count underflows, and the object's next life begins with it
// noticed by:	K
// history:	CVE-2026-53373: a VMA detached twice
// file:	mm/vma.c

@@
@@
 vms_gather_munmap_vmas(...)
 {
 <...
- vma_mark_detached(next);
+ vma_mark_detached(next);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_detach_twice)) (vma_mark_detached)(next);
 ...>
 }
