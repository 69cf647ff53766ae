// SPDX-License-Identifier: GPL-2.0
// vma_mark_detached().
// once vma_lock_branch(VMA_LOCK_BRANCH_D1);
// once vma_lock_branch(VMA_LOCK_BRANCH_D2);

@ D1_D2 @
identifier vma;
@@
 vma_mark_detached(struct vm_area_struct *vma)
 {
 	...
 	if (likely(!__vma_refcount_put_return(vma)))
+	{
+		vma_lock_branch(VMA_LOCK_BRANCH_D1);
 		return;
+	}
+	vma_lock_branch(VMA_LOCK_BRANCH_D2);
 	...
 }
