// SPDX-License-Identifier: GPL-2.0
// vma_start_read(): what becomes of a reader without mmap_lock.
// once vma_lock_branch(VMA_LOCK_BRANCH_R0);
// once vma_lock_branch(VMA_LOCK_BRANCH_R1);
// once vma_lock_branch_refused(oldcnt);
// once vma_lock_branch(VMA_LOCK_BRANCH_R5);
// once vma_lock_branch(VMA_LOCK_BRANCH_R6);

@ R1 @
identifier vma, mm;
@@
 if (READ_ONCE(vma->vm_lock_seq) == READ_ONCE(mm->mm_lock_seq.sequence)) {
+	vma_lock_branch(VMA_LOCK_BRANCH_R1);
 	...
 }

@ R2_R3_R4 @
identifier vma, mm, oldcnt;
@@
 vma_start_read(struct mm_struct *mm, struct vm_area_struct *vma)
 {
 	<...
 	if (unlikely(!__refcount_inc_not_zero_limited_acquire(&vma->vm_refcnt, &oldcnt, ...))) {
+		vma_lock_branch_refused(oldcnt);
 		...
 	}
 	...>
 }

@ R5 @
identifier vma, mm;
statement S;
@@
 if (unlikely(vma->vm_mm != mm))
+{
+	vma_lock_branch(VMA_LOCK_BRANCH_R5);
 	S
+}

@ R6_R0 @
identifier vma, mm;
@@
 if (unlikely(vma->vm_lock_seq == raw_read_seqcount(&mm->mm_lock_seq))) {
+	vma_lock_branch(VMA_LOCK_BRANCH_R6);
 	...
 }
+vma_lock_branch(VMA_LOCK_BRANCH_R0);
