# SPDX-License-Identifier: GPL-2.0
# No second look at the sequences.
s/if (unlikely(vma->vm_lock_seq == raw_read_seqcount([^)]*)))/if (0)/
s/if (unlikely(READ_ONCE(vma->vm_lock_seq) == raw_read_seqcount([^)]*)))/if (0)/
