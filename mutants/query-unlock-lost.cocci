// SPDX-License-Identifier: GPL-2.0
//
// breaks:	PROCMAP_QUERY returns to user space with its VMA locked
// symptom:	the process that is looked at waits for ever
// noticed by:	K, S
// kernels:	7.2
// file:	fs/proc/task_mmu.c

@@
@@
 query_vma_teardown(...)
 {
 <...
- unlock_ctx_vma(lock_ctx);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_query_unlock_lost)) unlock_ctx_vma(lock_ctx);
 ...>
 }
