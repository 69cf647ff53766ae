// SPDX-License-Identifier: GPL-2.0
// lock_vma_under_rcu(): what a fault finds at its address.
// once vma_lock_branch(VMA_LOCK_BRANCH_R7);
// once vma_lock_branch(VMA_LOCK_BRANCH_R8);

@ R8 @
identifier mm, vma, mas;
statement S;
@@
 lock_vma_under_rcu(struct mm_struct *mm, ...)
 {
 	<...
 	vma = mas_walk(&mas);
 	if (!vma)
+	{
+		vma_lock_branch(VMA_LOCK_BRANCH_R8);
 		S
+	}
 	...>
 }

@ R7 @
identifier address, vma;
@@
 if (unlikely(address < vma->vm_start || address >= vma->vm_end)) {
+	vma_lock_branch(VMA_LOCK_BRANCH_R7);
 	...
 }
