// SPDX-License-Identifier: GPL-2.0
// handle_mm_fault(): the one place where every fault under the lock ends.
// once vma_lock_branch_fault(

@ F1 @
identifier mm, regs, address, flags, ret;
@@
+vma_lock_branch_fault(flags, ret);
 mm_account_fault(mm, regs, address, flags, ret);
