/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters in the branches of the per-VMA lock: which of its transitions a
 * kernel has taken, and how often. The calls are put into the lock by the
 * semantic patches of the coverage layer, into inline functions too, so this
 * header needs nothing but types and may be included from anywhere.
 */
#ifndef _LINUX_VMA_LOCK_BRANCHES_H
#define _LINUX_VMA_LOCK_BRANCHES_H

#include <linux/types.h>

/**
 * enum vma_lock_branch - the transitions of the per-VMA lock.
 * @VMA_LOCK_BRANCH_R0: a lockless reader has the VMA.
 * @VMA_LOCK_BRANCH_R1: it sees the VMA write-locked before it touches the count.
 * @VMA_LOCK_BRANCH_R2: a writer or a detach that excludes readers refuses it.
 * @VMA_LOCK_BRANCH_R3: the VMA is detached; look the address up again.
 * @VMA_LOCK_BRANCH_R4: as many readers as the count can hold refuse it.
 * @VMA_LOCK_BRANCH_R5: the VMA was recycled by another mm; it is given back.
 * @VMA_LOCK_BRANCH_R6: the VMA was write-locked on the way; it is given back.
 * @VMA_LOCK_BRANCH_R7: it has a VMA, but not the one of its address.
 * @VMA_LOCK_BRANCH_R8: no VMA at its address.
 * @VMA_LOCK_BRANCH_N1: a walk meets a detached VMA and looks again.
 * @VMA_LOCK_BRANCH_N2: it has locked a VMA that ends before its position.
 * @VMA_LOCK_BRANCH_N3: the gap before its VMA has changed.
 * @VMA_LOCK_BRANCH_N4: it falls back to mmap_lock.
 * @VMA_LOCK_BRANCH_W1: a writer finds no reader and goes on.
 * @VMA_LOCK_BRANCH_W2: a writer goes to sleep until the readers have left.
 * @VMA_LOCK_BRANCH_W3: a writer gives up, for a fatal signal.
 * @VMA_LOCK_BRANCH_W4: a writer finds the VMA detached: nobody to exclude.
 * @VMA_LOCK_BRANCH_D1: a detach takes the last count.
 * @VMA_LOCK_BRANCH_D2: a detach meets a reader that is about to give up.
 * @VMA_LOCK_BRANCH_D3: a detach goes to sleep until it has.
 * @VMA_LOCK_BRANCH_P1: the last reader wakes the writer.
 * @VMA_LOCK_BRANCH_F1: a fault gives the VMA up and is to be tried again.
 * @VMA_LOCK_BRANCHES: how many there are.
 */
enum vma_lock_branch {
	VMA_LOCK_BRANCH_R0,
	VMA_LOCK_BRANCH_R1,
	VMA_LOCK_BRANCH_R2,
	VMA_LOCK_BRANCH_R3,
	VMA_LOCK_BRANCH_R4,
	VMA_LOCK_BRANCH_R5,
	VMA_LOCK_BRANCH_R6,
	VMA_LOCK_BRANCH_R7,
	VMA_LOCK_BRANCH_R8,
	VMA_LOCK_BRANCH_N1,
	VMA_LOCK_BRANCH_N2,
	VMA_LOCK_BRANCH_N3,
	VMA_LOCK_BRANCH_N4,
	VMA_LOCK_BRANCH_W1,
	VMA_LOCK_BRANCH_W2,
	VMA_LOCK_BRANCH_W3,
	VMA_LOCK_BRANCH_W4,
	VMA_LOCK_BRANCH_D1,
	VMA_LOCK_BRANCH_D2,
	VMA_LOCK_BRANCH_D3,
	VMA_LOCK_BRANCH_P1,
	VMA_LOCK_BRANCH_F1,
	VMA_LOCK_BRANCHES
};

void vma_lock_branch(enum vma_lock_branch branch);
void vma_lock_branch_refused(unsigned int count);
void vma_lock_branch_excluded(bool detaching, bool slept);
bool vma_lock_branch_wait(bool done, bool detaching, unsigned int state, bool *slept);
void vma_lock_branch_fault(unsigned int flags, unsigned int ret);
unsigned long vma_lock_branch_count(enum vma_lock_branch branch);
const char *vma_lock_branch_name(enum vma_lock_branch branch);

#endif /* _LINUX_VMA_LOCK_BRANCHES_H */
