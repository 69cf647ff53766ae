// SPDX-License-Identifier: GPL-2.0
// mm/vma_lock.c of 6.12 with the port: other words for the same branches.
// once vma_lock_branch(VMA_LOCK_BRANCH_R0);
// once vma_lock_branch(VMA_LOCK_BRANCH_R1);
// once vma_lock_branch_refused(oldcnt);
// once vma_lock_branch(VMA_LOCK_BRANCH_R5);
// once vma_lock_branch(VMA_LOCK_BRANCH_R6);
// once vma_lock_branch(VMA_LOCK_BRANCH_R7);
// once vma_lock_branch(VMA_LOCK_BRANCH_R8);
// once vma_lock_branch(VMA_LOCK_BRANCH_W3);
// once vma_lock_branch(VMA_LOCK_BRANCH_W4);
// once vma_lock_branch_wait(
// once vma_lock_branch_excluded(
// once bool slept

@ R1_to_R6_R0 @
identifier vma, mm, oldcnt;
statement S1, S2;
@@
 vma_start_read(struct mm_struct *mm, struct vm_area_struct *vma)
 {
 	...
 	if (READ_ONCE(vma->vm_lock_seq) == READ_ONCE(mm->mm_lock_seq.sequence))
+	{
+		vma_lock_branch(VMA_LOCK_BRANCH_R1);
 		S1
+	}
 	...
 	if (unlikely(!vma_refcount_get(vma, &oldcnt)))
+	{
+		vma_lock_branch_refused(oldcnt);
 		S2
+	}
 	...
 	if (unlikely(vma->vm_mm != mm)) {
+		vma_lock_branch(VMA_LOCK_BRANCH_R5);
 		...
 	}
 	...
 	if (unlikely(READ_ONCE(vma->vm_lock_seq) == raw_read_seqcount(&mm->mm_lock_seq))) {
+		vma_lock_branch(VMA_LOCK_BRANCH_R6);
 		...
 	}
+	vma_lock_branch(VMA_LOCK_BRANCH_R0);
 	return vma;
 }

@ R8 @
identifier vma, mm, mas;
@@
 vma = mas_walk(&mas);
 if (vma)
 	vma = vma_start_read(mm, vma);
+else
+	vma_lock_branch(VMA_LOCK_BRANCH_R8);

@ R7 @
identifier vma, address;
@@
 if (likely(address >= vma->vm_start && address < vma->vm_end))
 	return vma;
+vma_lock_branch(VMA_LOCK_BRANCH_R7);

@ W @
identifier vma, rest, state;
@@
 vma_exclude_readers(struct vm_area_struct *vma, unsigned int rest, int state)
 {
+	bool slept = false;
 	...
 }

@ W4 @
identifier vma, oldcnt;
@@
 if (!__refcount_add_not_zero_limited_acquire(VMA_LOCK_OFFSET, &vma->vm_refcnt, &oldcnt, ...)) {
+	if (rest && !oldcnt)
+		vma_lock_branch(VMA_LOCK_BRANCH_W4);
 	...
 }

@ W2 @
identifier vma, rest, state;
expression wait;
@@
 rcuwait_wait_event(wait,
-	count_acquire(vma) == VMA_LOCK_OFFSET + rest,
+	vma_lock_branch_wait(count_acquire(vma) == VMA_LOCK_OFFSET + rest,
+			     !rest, state, &slept),
 	state)

@ W3 @
expression e;
identifier err;
@@
 err = rcuwait_wait_event(e, ...);
 if (err) {
+	vma_lock_branch(VMA_LOCK_BRANCH_W3);
 	...
 }

@ W1 @
identifier vma;
@@
+vma_lock_branch_excluded(!rest, slept);
 lock_acquired(&vma->vmlock_dep_map, _RET_IP_);
