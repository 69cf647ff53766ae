// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a page fault that is to be tried again puts its VMA twice
// symptom:	another reader's reference is gone
// noticed by:	S
// file:	arch/x86/mm/fault.c

@@
@@
 do_user_addr_fault(...)
 {
 <...
  fault = handle_mm_fault(vma, address, flags | FAULT_FLAG_VMA_LOCK, regs);
+ if (vma_lock_mutant(VMA_LOCK_MUTANT_fault_end_retry) && (fault & VM_FAULT_RETRY)) vma_end_read(vma);
 ...>
 }
