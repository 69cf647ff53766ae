// SPDX-License-Identifier: GPL-2.0
// __vma_start_exclude_readers(): the wait of writers and of detaches.
// once vma_lock_branch(VMA_LOCK_BRANCH_W3);
// once vma_lock_branch(VMA_LOCK_BRANCH_W4);
// once vma_lock_branch_wait(
// once vma_lock_branch_excluded(
// once bool slept

@ W @
identifier ves, vma, err;
expression init, wait, readers_gone;
@@
 __vma_start_exclude_readers(struct vma_exclude_readers_state *ves)
 {
 	...
 	int err = init;
+	bool slept = false;
 	...
 	if (!refcount_add_not_zero(VM_REFCNT_EXCLUDE_READERS_FLAG, &vma->vm_refcnt)) {
+		if (!ves->detaching)
+			vma_lock_branch(VMA_LOCK_BRANCH_W4);
 		...
 	}
 	...
 	err = rcuwait_wait_event(wait,
-		readers_gone,
+		vma_lock_branch_wait(readers_gone, ves->detaching, ves->state, &slept),
 		ves->state);
 	if (err) {
+		vma_lock_branch(VMA_LOCK_BRANCH_W3);
 		...
 	}
+	vma_lock_branch_excluded(ves->detaching, slept);
 	...
 }
