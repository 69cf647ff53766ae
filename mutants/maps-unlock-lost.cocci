// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a reader of maps keeps the VMA it has printed
// symptom:	the process that is looked at waits for ever
// noticed by:	K, S
// kernels:	7.2
// file:	fs/proc/task_mmu.c

@@
@@
 unlock_ctx_vma(...)
 {
 <...
- vma_end_read(lock_ctx->locked_vma);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_maps_unlock_lost)) vma_end_read(lock_ctx->locked_vma);
 ...>
 }
