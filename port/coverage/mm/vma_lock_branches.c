// SPDX-License-Identifier: GPL-2.0
/*
 * Counters in the branches of the per-VMA lock, readable as
 * /sys/kernel/debug/vma_lock/transitions: a line "NAME COUNT" for each transition
 * that this kernel's lock has. They only grow; a reader takes differences.
 *
 * A counter is a word per CPU, raised with one instruction or with interrupts
 * off: it takes no lock, cannot sleep, works from the first instruction of the
 * boot, and orders nothing, so the lock stays what it is. The sum is exact when
 * nobody uses the lock meanwhile, and else a value from during the reading.
 */
#include <linux/debugfs.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/vma_lock_branches.h>

/*
 * 6.12 with the port has the names of 6.15, where the flag was called after the
 * lock; 7.x calls it after the count. 6.12 has no lock_next_vma(), either: its
 * walks take mmap_lock.
 */
#ifdef VM_REFCNT_EXCLUDE_READERS_FLAG
#define VMA_LOCK_FLAG	VM_REFCNT_EXCLUDE_READERS_FLAG
#else
#define VMA_LOCK_FLAG	VMA_LOCK_OFFSET
#endif

static DEFINE_PER_CPU(unsigned long[VMA_LOCK_BRANCHES], vma_lock_branches);

static const char * const vma_lock_branch_names[VMA_LOCK_BRANCHES] = {
	[VMA_LOCK_BRANCH_R0] = "R0",
	[VMA_LOCK_BRANCH_R1] = "R1",
	[VMA_LOCK_BRANCH_R2] = "R2",
	[VMA_LOCK_BRANCH_R3] = "R3",
	[VMA_LOCK_BRANCH_R4] = "R4",
	[VMA_LOCK_BRANCH_R5] = "R5",
	[VMA_LOCK_BRANCH_R6] = "R6",
	[VMA_LOCK_BRANCH_R7] = "R7",
	[VMA_LOCK_BRANCH_R8] = "R8",
#ifdef VM_REFCNT_EXCLUDE_READERS_FLAG
	[VMA_LOCK_BRANCH_N1] = "N1",
	[VMA_LOCK_BRANCH_N2] = "N2",
	[VMA_LOCK_BRANCH_N3] = "N3",
	[VMA_LOCK_BRANCH_N4] = "N4",
#endif
	[VMA_LOCK_BRANCH_W1] = "W1",
	[VMA_LOCK_BRANCH_W2] = "W2",
	[VMA_LOCK_BRANCH_W3] = "W3",
	[VMA_LOCK_BRANCH_W4] = "W4",
	[VMA_LOCK_BRANCH_D1] = "D1",
	[VMA_LOCK_BRANCH_D2] = "D2",
	[VMA_LOCK_BRANCH_D3] = "D3",
	[VMA_LOCK_BRANCH_P1] = "P1",
	[VMA_LOCK_BRANCH_F1] = "F1",
};

/**
 * vma_lock_branch() - count a transition of the per-VMA lock.
 * @branch: the one that is taken.
 *
 * Context: any, in any state of the task.
 */
void vma_lock_branch(enum vma_lock_branch branch)
{
	this_cpu_inc(vma_lock_branches[branch]);
}
EXPORT_SYMBOL_GPL(vma_lock_branch);

/**
 * vma_lock_branch_refused() - count why a lockless reader did not get the VMA.
 * @count: vm_refcnt as it was when it refused.
 *
 * Context: any.
 */
void vma_lock_branch_refused(unsigned int count)
{
	if (!count)
		vma_lock_branch(VMA_LOCK_BRANCH_R3);
	else if (count & VMA_LOCK_FLAG)
		vma_lock_branch(VMA_LOCK_BRANCH_R2);
	else
		vma_lock_branch(VMA_LOCK_BRANCH_R4);
}
EXPORT_SYMBOL_GPL(vma_lock_branch_refused);

/**
 * vma_lock_branch_wait() - the condition of the lock's wait, and its first sleep.
 * @done: are the readers gone?
 * @detaching: does a detach wait, and no writer?
 * @state: TASK_KILLABLE or TASK_UNINTERRUPTIBLE.
 * @slept: where the wait remembers that it was counted; false at first.
 *
 * The wait sleeps when its condition is false, unless there is a signal for it.
 * It is counted then, so that a wait that goes on is seen.
 *
 * Context: within rcuwait_wait_event(), so the task's state is @state: nothing
 * here may sleep. Return: @done.
 */
bool vma_lock_branch_wait(bool done, bool detaching, unsigned int state, bool *slept)
{
	if (!done && !*slept && !signal_pending_state(state, current)) {
		*slept = true;
		vma_lock_branch(detaching ? VMA_LOCK_BRANCH_D3 : VMA_LOCK_BRANCH_W2);
	}
	return done;
}
EXPORT_SYMBOL_GPL(vma_lock_branch_wait);

/**
 * vma_lock_branch_excluded() - count a writer that has excluded all readers.
 * @detaching: was it a detach? Those are counted where they begin.
 * @slept: did it sleep? Then it is counted already.
 *
 * Context: any.
 */
void vma_lock_branch_excluded(bool detaching, bool slept)
{
	if (!detaching && !slept)
		vma_lock_branch(VMA_LOCK_BRANCH_W1);
}
EXPORT_SYMBOL_GPL(vma_lock_branch_excluded);

/**
 * vma_lock_branch_fault() - count a fault that is to be tried again.
 * @flags: FAULT_FLAG_* of the fault.
 * @ret: what handle_mm_fault() returns, VM_FAULT_*.
 *
 * Context: process context.
 */
void vma_lock_branch_fault(unsigned int flags, unsigned int ret)
{
	if ((flags & FAULT_FLAG_VMA_LOCK) && (ret & VM_FAULT_RETRY))
		vma_lock_branch(VMA_LOCK_BRANCH_F1);
}

/**
 * vma_lock_branch_count() - how often was a transition taken since the boot?
 * @branch: the transition.
 *
 * Context: any.
 */
unsigned long vma_lock_branch_count(enum vma_lock_branch branch)
{
	unsigned long count = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		count += READ_ONCE(per_cpu(vma_lock_branches[branch], cpu));
	return count;
}
EXPORT_SYMBOL_GPL(vma_lock_branch_count);

/**
 * vma_lock_branch_name() - the short name of a transition.
 * @branch: the transition.
 *
 * Return: as in Documentation/mm/vma_lock_peers.rst, or NULL if this kernel's
 * lock does not have it.
 */
const char *vma_lock_branch_name(enum vma_lock_branch branch)
{
	return vma_lock_branch_names[branch];
}
EXPORT_SYMBOL_GPL(vma_lock_branch_name);

static int transitions_show(struct seq_file *m, void *unused)
{
	int i;

	for (i = 0; i < VMA_LOCK_BRANCHES; i++) {
		if (vma_lock_branch_names[i])
			seq_printf(m, "%s %lu\n", vma_lock_branch_names[i],
				   vma_lock_branch_count(i));
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(transitions);

static int __init vma_lock_branches_init(void)
{
	/* 0444: counts tell an ordinary user nothing, debugfs itself is root's. */
	debugfs_create_file("transitions", 0444, debugfs_create_dir("vma_lock", NULL), NULL,
			    &transitions_fops);
	return 0;
}
late_initcall(vma_lock_branches_init);
