// SPDX-License-Identifier: GPL-2.0
// vma_refcount_put(), and the declarations that the lock's inline functions need.
// once vma_lock_branch(VMA_LOCK_BRANCH_P1);
// once #include <linux/vma_lock_branches.h>

@ include @
@@
 #include <linux/types.h>
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
