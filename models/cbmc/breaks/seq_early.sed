# SPDX-License-Identifier: GPL-2.0
# The VMA is marked before it is known that the wait was not killed.
/^int __vma_start_write(/,/^}/{
	s/= vma_exclude_readers(vma, 1, state);/= (WRITE_ONCE(vma->vm_lock_seq, mm_lock_seq), vma_exclude_readers(vma, 1, state));/
	s/^\terr = __vma_start_exclude_readers(&ves);/\tWRITE_ONCE(vma->vm_lock_seq, mm_lock_seq); &/
}
