// SPDX-License-Identifier: GPL-2.0
//
// breaks:	vm_flags_clear() does not write-lock the VMA
// symptom:	flags change under readers
// noticed by:	K
// file:	include/linux/mm.h

@@
@@
 vm_flags_clear(...)
 {
 <...
- vma_start_write(vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_flags_clear_nolock)) vma_start_write(vma);
 ...>
 }
