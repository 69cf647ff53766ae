# SPDX-License-Identifier: GPL-2.0
# A killed writer leaves the flag behind.
/^static int __vma_start_exclude_readers(/,/^}/s/__vma_end_exclude_readers(ves);//
/^static int vma_exclude_readers(/,/^}/s/WARN_ON_ONCE(refcount_sub_and_test(VMA_LOCK_OFFSET, &vma->vm_refcnt));//
