// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a page fault keeps the VMA that it read-locked
// symptom:	the next writer waits for ever
// noticed by:	S
// file:	arch/x86/mm/fault.c

@@
expression e;
@@
 do_user_addr_fault(...)
 {
 <...
  fault = handle_mm_fault(vma, address, e, regs);
  if (!(fault & (VM_FAULT_RETRY | VM_FAULT_COMPLETED)))
- vma_end_read(vma);
+ { if (!vma_lock_mutant(VMA_LOCK_MUTANT_fault_end_lost)) vma_end_read(vma); }
 ...>
 }
