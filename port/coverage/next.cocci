// SPDX-License-Identifier: GPL-2.0
// lock_next_vma(): the walk of /proc/PID/maps and its like.
// once vma_lock_branch(VMA_LOCK_BRANCH_N1);
// once vma_lock_branch(VMA_LOCK_BRANCH_N2);
// once vma_lock_branch(VMA_LOCK_BRANCH_N3);
// once vma_lock_branch(VMA_LOCK_BRANCH_N4);

@ N1 @
identifier vma;
@@
 lock_next_vma(...)
 {
 	<...
 	if (PTR_ERR(vma) == -EAGAIN) {
+		vma_lock_branch(VMA_LOCK_BRANCH_N1);
 		...
 	}
 	...>
 }

@ N2 @
identifier from_addr, vma;
statement S;
@@
 if (unlikely(from_addr >= vma->vm_end))
+{
+	vma_lock_branch(VMA_LOCK_BRANCH_N2);
 	S
+}

@ N3 @
identifier vma, vmi;
statement S;
@@
 if (vma != vma_next(vmi))
+{
+	vma_lock_branch(VMA_LOCK_BRANCH_N3);
 	S
+}

@ N4 @
identifier vma;
@@
 lock_next_vma(...)
 {
 	<...
+	vma_lock_branch(VMA_LOCK_BRANCH_N4);
 	vma = lock_next_vma_under_mmap_lock(...);
 	...>
 }
