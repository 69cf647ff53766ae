// SPDX-License-Identifier: GPL-2.0
// include/linux/vma_lock.h of 6.12 with the port.
// once #include <linux/vma_lock_branches.h>
// once vma_lock_branch(VMA_LOCK_BRANCH_P1);
// once vma_lock_branch(VMA_LOCK_BRANCH_D1);
// once vma_lock_branch(VMA_LOCK_BRANCH_D2);

@ include @
@@
 #include <linux/refcount.h>
+#include <linux/vma_lock_branches.h>

@ P1 @
identifier vma, mm;
expression last;
@@
 vma_refcount_put(struct vm_area_struct *vma)
 {
 	...
 	if (last)
+	{
+		vma_lock_branch(VMA_LOCK_BRANCH_P1);
 		rcuwait_wake_up(&mm->vma_writer_wait);
+	}
 }

@ D1_D2 @
identifier vma;
@@
 vma_mark_detached(struct vm_area_struct *vma)
 {
 	...
 	if (unlikely(!refcount_dec_and_test(&vma->vm_refcnt)))
+	{
+		vma_lock_branch(VMA_LOCK_BRANCH_D2);
 		__vma_exclude_readers_for_detach(vma);
+	} else {
+		vma_lock_branch(VMA_LOCK_BRANCH_D1);
+	}
 }
