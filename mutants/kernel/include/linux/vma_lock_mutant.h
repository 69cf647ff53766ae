/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The switches between the per-VMA lock and its mutants.
 *
 * Each rule in mutants/ of the vma-lock project makes one step of the lock ask
 * vma_lock_mutant(VMA_LOCK_MUTANT_name) whether to be wrong. One kernel so holds
 * them all; at most one is awake, and none until it is chosen: at boot by
 * vma_lock_mutant=NAME, which wakes it once the initcalls are through (nothing
 * but KUnit's suites comes after them in a kernel without user space), or at run
 * time by writing its name to debugfs:vma_lock_mutant/mutant.
 */
#ifndef _LINUX_VMA_LOCK_MUTANT_H
#define _LINUX_VMA_LOCK_MUTANT_H

#include <linux/compiler.h>
#include <linux/types.h>

/* Made from the names of the rules: VMA_LOCK_MUTANTS(), a list. */
#include <linux/vma_lock_mutants.h>

#define VMA_LOCK_MUTANT_NUMBER(name) VMA_LOCK_MUTANT_##name
enum vma_lock_mutant_number {
	VMA_LOCK_MUTANT_NONE,
	VMA_LOCK_MUTANTS(VMA_LOCK_MUTANT_NUMBER),
	VMA_LOCK_MUTANT_COUNT
};

#undef VMA_LOCK_MUTANT_NUMBER

struct refcount_struct;

extern int vma_lock_mutant_awake;

bool vma_lock_mutant_applies(void);
bool vma_lock_mutant_chosen(enum vma_lock_mutant_number number);
void vma_lock_mutant_linger(void);
int vma_lock_mutant_poll(struct refcount_struct *count, unsigned int target);

/* Is this the mutant that is awake, and is the caller to suffer from it? */
#define vma_lock_mutant(number) \
	(unlikely(READ_ONCE(vma_lock_mutant_awake) == (number)) && \
	 vma_lock_mutant_applies())

#endif /* _LINUX_VMA_LOCK_MUTANT_H */
