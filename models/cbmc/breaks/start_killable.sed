# SPDX-License-Identifier: GPL-2.0
# A plain write lock may be killed, and nobody looks.
s/__vma_start_write(vma, TASK_UNINTERRUPTIBLE)/__vma_start_write(vma, TASK_KILLABLE)/
s/__vma_start_write(vma, mm_lock_seq, TASK_UNINTERRUPTIBLE)/__vma_start_write(vma, mm_lock_seq, TASK_KILLABLE)/
