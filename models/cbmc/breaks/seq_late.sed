# SPDX-License-Identifier: GPL-2.0
# The flag is taken off before the VMA is marked.
/^int __vma_start_write(/,/^}/{
	s/^\tWRITE_ONCE(vma->vm_lock_seq, mm_lock_seq);//
	s/^\treturn 0;/\tWRITE_ONCE(vma->vm_lock_seq, mm_lock_seq); return 0;/
}
