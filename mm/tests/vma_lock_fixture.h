/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The world in which the per-VMA lock tests run.
 *
 * A fixture owns an address space that nobody else uses and one bare VMA in
 * it. Bare means that the VMA is plain memory: no slab cache, no page, no file,
 * so that a test may put its count into any state by hand and nothing but the
 * lock looks at it. The VMA is in the maple tree of the mm, where lookups find
 * it. mm->map_count does not know it, so it leaves the tree before the mm dies.
 *
 * Whatever may sleep in the lock is done by an actor: a kernel thread that
 * performs one act, says so, waits to be told to leave, undoes the act, and
 * ends. The test thread itself never takes a lock in which it could get stuck:
 * it keeps the deadline, and can always tell the readers to leave. So a broken
 * lock costs a failed case and a deadline, not the boot:
 *
 *  - a lookup that spins is let go by a timer (vma_lock_lookup());
 *  - a writer that sleeps for ever is talked out of it (vma_lock_rescue());
 *  - what cannot be saved is left behind with its memory rather than waited
 *    for (fixture->stuck);
 *  - where the lock makes the kernel fault, the last words of the kernel are
 *    preceded by ours (vma_lock_doing()).
 *
 * Clean-up runs in another thread than the case (KUnit's), which is why no lock
 * is ever held by the case over an assertion, and why lockdep sees every lock
 * released by the thread that took it.
 */
#ifndef _MM_TESTS_VMA_LOCK_FIXTURE_H
#define _MM_TESTS_VMA_LOCK_FIXTURE_H

#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/debug_locks.h>
#include <linux/iopoll.h>
#include <linux/jiffies.h>
#include <linux/kdebug.h>
#include <linux/kthread.h>
#include <linux/maple_tree.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmap_lock.h>
#include <linux/panic.h>
#include <linux/panic_notifier.h>
#include <linux/rcuwait.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/vmstat.h>

#include "vma_lock_compat.h"

/* Long enough for a loaded emulator, short enough for a broken lock. */
#define VMA_LOCK_DEADLINE	(5 * HZ)
/* What must end by itself within microseconds is given up after this. */
#define VMA_LOCK_SPIN_DEADLINE	(HZ)

/*
 * vma_lock_becomes() - look again and again, up to the deadline, whether @cond holds.
 *
 * Context: may sleep, and so lets the threads go on that are to bring it about. Returns
 * whether it did hold.
 */
#define vma_lock_becomes(cond)							\
({										\
	bool __holds;								\
										\
	!read_poll_timeout((bool), __holds, __holds, 100,			\
			   jiffies_to_usecs(VMA_LOCK_DEADLINE), false, cond);	\
})

/* Where the bare VMA lies, and the addresses just outside it. */
#define VMA_LOCK_START		(16UL * PAGE_SIZE)
#define VMA_LOCK_END		(24UL * PAGE_SIZE)

struct vma_lock_fixture {
	struct kunit *test;
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	struct list_head actors;
	/* For an actor that says that it is where the case wants it. */
	struct completion ready;
	/* An actor could not be saved: its mm and memory must stay. */
	bool stuck;
	/* The bare VMA is in the maple tree. */
	bool in_tree;
	/* State of the machine when the case began. */
	unsigned long tainted;
	int debug_locks;
};

/* Text of a count as protocol and messages spell it: 2, FLAG+1, LIMIT-1. */
struct vma_lock_text {
	char s[24];
};

static __maybe_unused struct vma_lock_text vma_lock_text(unsigned int count)
{
	struct vma_lock_text text;

	if (count == VMA_LOCK_FLAG)
		snprintf(text.s, sizeof(text.s), "FLAG");
	else if (count > VMA_LOCK_FLAG)
		snprintf(text.s, sizeof(text.s), "FLAG+%u", count - VMA_LOCK_FLAG);
	else if (count == VMA_LOCK_LIMIT)
		snprintf(text.s, sizeof(text.s), "LIMIT");
	else if (count > VMA_LOCK_LIMIT - 1000)
		snprintf(text.s, sizeof(text.s), "LIMIT-%u", VMA_LOCK_LIMIT - count);
	else
		snprintf(text.s, sizeof(text.s), "%u", count);
	return text;
}

static __maybe_unused unsigned int vma_lock_count(struct vm_area_struct *vma)
{
	return refcount_read(&vma->vm_refcnt);
}

/*
 * A kernel that dies of the lock takes the case's message with it: what is being
 * done is noted here beforehand, and said when the kernel panics or oopses.
 */
static struct {
	const char *state;
	const char *event;
} vma_lock_does;

static __maybe_unused void vma_lock_doing(const char *state, const char *event)
{
	WRITE_ONCE(vma_lock_does.event, event);
	WRITE_ONCE(vma_lock_does.state, state);
}

static int vma_lock_last_words(struct notifier_block *nb, unsigned long action, void *data)
{
	const char *state = READ_ONCE(vma_lock_does.state);

	if (state)
		pr_emerg("    # vma_lock: state %s: %s: expected an answer, found the kernel faulting\n",
			 state, READ_ONCE(vma_lock_does.event));
	return NOTIFY_DONE;
}

/* Before those that end the machine: UML has one. */
static struct notifier_block vma_lock_panic_notifier = {
	.notifier_call = vma_lock_last_words,
	.priority = INT_MAX,
};

/* Not every architecture tells its oopses to anybody; all of them panic. */
static int vma_lock_die(struct notifier_block *nb, unsigned long action, void *data)
{
	return action == DIE_OOPS ? vma_lock_last_words(nb, action, data) : NOTIFY_DONE;
}

static struct notifier_block vma_lock_die_notifier = { .notifier_call = vma_lock_die };

static __maybe_unused int vma_lock_suite_init(struct kunit_suite *suite)
{
	atomic_notifier_chain_register(&panic_notifier_list, &vma_lock_panic_notifier);
	return register_die_notifier(&vma_lock_die_notifier);
}

/*
 * An mm that a case has left as it was made, for the next one: most cases put nothing into
 * it but the bare VMA. On UML an mm is a process of the host, which costs more than what
 * those cases do in it.
 */
static struct mm_struct *vma_lock_spare_mm;

static struct mm_struct *vma_lock_mm_get(void)
{
	struct mm_struct *mm = vma_lock_spare_mm;

	vma_lock_spare_mm = NULL;
	if (mm) {
		/* Where a new one begins. */
		mm->mm_lock_seq.sequence = 0;
		return mm;
	}
	mm = mm_alloc();
	if (mm) {
		mm->task_size = TASK_SIZE;
		arch_pick_mmap_layout(mm, &current->signal->rlim[RLIMIT_STACK]);
	}
	return mm;
}

/*
 * Nobody else may have this mm any more, and nobody holds its mmap_lock. What is still mapped
 * is detached and freed with it.
 */
static void vma_lock_mm_put(struct mm_struct *mm, bool mapped)
{
	if (vma_lock_spare_mm || mapped || mm->map_count || mm_pgtables_bytes(mm) ||
	    atomic_read(&mm->mm_users) != 1 || atomic_read(&mm->mm_count) != 1 ||
	    rcuwait_active(&mm->vma_writer_wait)) {
		mmput(mm);
		return;
	}
	/* Empty nodes of the tree. */
	mmap_write_lock(mm);
	__mt_destroy(&mm->mm_mt);
	mmap_write_unlock(mm);
	vma_lock_spare_mm = mm;
}

static __maybe_unused void vma_lock_suite_exit(struct kunit_suite *suite)
{
	if (vma_lock_spare_mm)
		mmput(vma_lock_spare_mm);
	vma_lock_spare_mm = NULL;
	unregister_die_notifier(&vma_lock_die_notifier);
	atomic_notifier_chain_unregister(&panic_notifier_list, &vma_lock_panic_notifier);
}

/* The count must be @count after @event in @state. */
#define VMA_LOCK_EXPECT_COUNT(test, vma, count, state, event)			\
do {										\
	unsigned int __found = vma_lock_count(vma), __expected = (count);	\
										\
	KUNIT_EXPECT_EQ_MSG(test, __found, __expected,				\
			    "state %s: %s: expected count %s, found %s",	\
			    state, event, vma_lock_text(__expected).s,		\
			    vma_lock_text(__found).s);				\
} while (0)

/* Is the VMA write-locked, seen by anybody, with or without mmap_lock? */
static __maybe_unused bool vma_lock_is_write_locked(struct vm_area_struct *vma)
{
	return READ_ONCE(vma->vm_lock_seq) ==
	       READ_ONCE(vma->vm_mm->mm_lock_seq.sequence);
}

static void vma_lock_set_count(struct vm_area_struct *vma, unsigned int count)
{
	/*
	 * Not refcount_set(): the mutual exclusion of a test is its own affair,
	 * and values past the limit are the point of some of them.
	 */
	atomic_set(&vma->vm_refcnt.refs, count);
}

/*
 * The maple tree of an mm is guarded by mmap_lock, held for write here by the
 * caller's thread alone: no actor runs yet, or none runs any more.
 */
static int vma_lock_tree_store(struct mm_struct *mm, unsigned long start,
			       unsigned long end, struct vm_area_struct *vma)
{
	MA_STATE(mas, &mm->mm_mt, start, end - 1);
	int ret;

	mmap_write_lock(mm);
	ret = mas_store_gfp(&mas, vma, GFP_KERNEL);
	mmap_write_unlock(mm);
	return ret;
}

/* A thread that performs one act with the lock, and undoes it when told. */
struct vma_lock_actor {
	struct vma_lock_fixture *f;
	struct list_head node;
	const char *name;
	struct task_struct *task;
	/* What it does; the result is in @ret, a VMA it locked in @locked. */
	int (*act)(struct vma_lock_actor *a);
	void (*undo)(struct vma_lock_actor *a);
	struct completion acted;
	struct completion leave;
	struct completion left;
	int ret;
	const void *arg;
	struct vm_area_struct *vma;
	struct vm_area_struct *locked;
	/* How often the act slept in the lock under test. */
	unsigned long slept;
	/* How far a longer act has come. */
	int steps;
};

static int vma_lock_actor_thread(void *data)
{
	struct vma_lock_actor *a = data;

	/* A fatal signal is for the killable waits of some acts. */
	allow_signal(SIGKILL);
	a->ret = a->act(a);
	complete_all(&a->acted);

	wait_for_completion(&a->leave);
	if (a->undo)
		a->undo(a);
	complete_all(&a->left);

	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

/* Has this task decided to wait for what no signal ends, and gone off the CPU? */
static bool vma_lock_sleeps(struct task_struct *task)
{
	return (READ_ONCE(task->__state) & TASK_UNINTERRUPTIBLE) && !READ_ONCE(task->on_cpu);
}

/* Does this actor sleep in the lock? The flag tells that it announced itself there. */
static bool vma_lock_asleep(struct vma_lock_actor *a)
{
	return (vma_lock_count(a->vma) & VMA_LOCK_FLAG) && vma_lock_sleeps(a->task);
}

/*
 * vma_lock_rescue() - talk a writer out of an endless wait.
 *
 * A wake-up that was lost is given again; a target that cannot be reached is
 * put in place, for the write lock (FLAG+1) and for the detach (FLAG). The case
 * has failed by then: this only saves the boot.
 *
 * Return: true if the actor finished what it was doing.
 */
static bool vma_lock_rescue(struct vma_lock_actor *a, struct completion *done)
{
	static const unsigned int targets[] = { VMA_LOCK_FLAG + 1, VMA_LOCK_FLAG };
	int i;

	rcuwait_wake_up(&a->f->mm->vma_writer_wait);
	if (wait_for_completion_timeout(done, HZ / 4))
		return true;
	for (i = 0; i < ARRAY_SIZE(targets); i++) {
		vma_lock_set_count(a->vma, targets[i]);
		rcuwait_wake_up(&a->f->mm->vma_writer_wait);
		if (wait_for_completion_timeout(done, HZ / 4))
			return true;
	}
	return false;
}

/*
 * vma_lock_actor_leave() - tell an actor to undo its act, and see it done.
 *
 * Context: any thread; may sleep, for twice the deadline at most. A second call
 * does nothing.
 */
static void vma_lock_actor_leave(struct vma_lock_actor *a)
{
	complete_all(&a->leave);
	if (wait_for_completion_timeout(&a->left, VMA_LOCK_DEADLINE))
		return;
	KUNIT_FAIL(a->f->test, "state count %s: %s told to leave: expected it gone, found it stuck",
		   vma_lock_text(vma_lock_count(a->vma)).s, a->name);
	if (!vma_lock_rescue(a, &a->left))
		a->f->stuck = true;
}

/*
 * Tell all actors to leave before any is waited for: a writer may be waiting
 * for a reader, whatever the order in which they came.
 */
static void vma_lock_actors_end(struct vma_lock_fixture *f)
{
	struct vma_lock_actor *a, *next;

	list_for_each_entry(a, &f->actors, node)
		complete_all(&a->leave);
	list_for_each_entry(a, &f->actors, node)
		vma_lock_actor_leave(a);
	list_for_each_entry_safe(a, next, &f->actors, node) {
		if (!completion_done(&a->left))
			continue;
		kthread_stop_put(a->task);
		list_del(&a->node);
		kfree(a);
	}
}

/* Nobody should hold mmap_lock any more, for read or write. Who waits may hang. */
static bool vma_lock_mmap_lock_is_free(struct vma_lock_fixture *f)
{
	if (vma_lock_becomes(!rwsem_is_locked(&f->mm->mmap_lock)))
		return true;
	KUNIT_FAIL(f->test, "state all threads gone: expected mmap_lock free, found it held");
	return false;
}

/*
 * Has the kernel complained since the case began? WARNs, lockdep's reports and
 * those of the sanitizers do not fail a case by themselves. A taint sticks, so
 * only the first complaint of a kind is seen here; the log has them all.
 */
static unsigned long vma_lock_complaints(void)
{
	return (test_taint(TAINT_WARN) ? BIT(TAINT_WARN) : 0) |
	       (test_taint(TAINT_BAD_PAGE) ? BIT(TAINT_BAD_PAGE) : 0) |
	       (test_taint(TAINT_DIE) ? BIT(TAINT_DIE) : 0);
}

static void vma_lock_expect_no_complaint(struct vma_lock_fixture *f, const char *state)
{
	unsigned long found = vma_lock_complaints() & ~f->tainted;

	KUNIT_EXPECT_EQ_MSG(f->test, debug_locks, f->debug_locks,
			    "state %s: expected no lockdep report, found one in the log", state);
	KUNIT_EXPECT_EQ_MSG(f->test, found, 0UL,
			    "state %s: expected no warning, found one in the log (taint %lx)",
			    state, found);
	f->debug_locks = debug_locks;
	f->tainted |= found;
}

static void vma_lock_fixture_free(void *data)
{
	struct vma_lock_fixture *f = data;
	struct vm_area_struct *vma;
	bool mapped = false;

	vma_lock_actors_end(f);
	if (f->stuck || !vma_lock_mmap_lock_is_free(f))
		return;

	if (f->in_tree)
		vma_lock_tree_store(f->mm, VMA_LOCK_START, VMA_LOCK_END, NULL);

	/*
	 * exit_mmap() waits for whoever holds a VMA, for ever. Nobody does any
	 * more, so a count that says otherwise was leaked by the lock.
	 */
	mmap_read_lock(f->mm);
	{
		VMA_ITERATOR(vmi, f->mm, 0);

		for_each_vma(vmi, vma) {
			unsigned int count = vma_lock_count(vma);

			mapped = true;
			if (count == 1)
				continue;
			KUNIT_FAIL(f->test,
				   "state all threads gone: expected count 1, found %s: a reference was leaked",
				   vma_lock_text(count).s);
			vma_lock_set_count(vma, 1);
		}
	}
	mmap_read_unlock(f->mm);

	vma_lock_mm_put(f->mm, mapped);
	vma_lock_expect_no_complaint(f, "mm torn down");
	kfree(f->vma);
	kfree(f);
}

/*
 * vma_lock_bare_vma() - a VMA out of plain memory, detached and unlocked.
 * @mm: the address space it says it belongs to.
 *
 * Return: the VMA, to be freed with kfree() once no lookup can find it; NULL
 * without memory.
 */
static struct vm_area_struct *vma_lock_bare_vma(struct mm_struct *mm)
{
	struct vm_area_struct *vma = kzalloc(sizeof(*vma), GFP_KERNEL);

	if (!vma)
		return NULL;
	vma->vm_mm = mm;
	vma->vm_start = VMA_LOCK_START;
	vma->vm_end = VMA_LOCK_END;
	INIT_LIST_HEAD(&vma->anon_vma_chain);
	vma_lock_init(vma, true);
	return vma;
}

/*
 * vma_lock_other_vma() - a VMA of plain memory beside the fixture's: attached, idle.
 * @f: the fixture
 * @start: its first address
 * @end: the one behind it
 *
 * It is not in the tree, must not stay there, and is freed with the case.
 *
 * Context: the case's thread; may sleep. Aborts the case without memory.
 */
static __maybe_unused struct vm_area_struct *
vma_lock_other_vma(struct vma_lock_fixture *f, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = kunit_kzalloc(f->test, sizeof(*vma), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(f->test, vma);
	vma->vm_mm = f->mm;
	vma->vm_start = start;
	vma->vm_end = end;
	vma_lock_init(vma, true);
	vma_lock_set_count(vma, 1);
	return vma;
}

/*
 * vma_lock_fixture_create() - an mm as new with the bare VMA attached in it.
 * @test: the case; its end frees everything.
 *
 * The VMA is put into the state "attached, idle" by hand: a lock too broken to
 * attach it must fail the cases about attaching, not all of them.
 *
 * Context: the case's thread or suite init; may sleep. Aborts the case without
 * memory.
 */
static __maybe_unused struct vma_lock_fixture *vma_lock_fixture_create(struct kunit *test)
{
	struct vma_lock_fixture *f = kzalloc(sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->test = test;
	INIT_LIST_HEAD(&f->actors);
	init_completion(&f->ready);
	f->tainted = vma_lock_complaints();
	f->debug_locks = debug_locks;
	f->mm = vma_lock_mm_get();
	if (f->mm)
		f->vma = vma_lock_bare_vma(f->mm);
	if (!f->vma) {
		if (f->mm)
			mmput(f->mm);
		kfree(f);
		KUNIT_FAIL_AND_ABORT(test, "no memory for the fixture");
	}

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vma_lock_fixture_free, f), 0);

	vma_lock_set_count(f->vma, 1);
	KUNIT_ASSERT_EQ(test, vma_lock_tree_store(f->mm, VMA_LOCK_START, VMA_LOCK_END, f->vma), 0);
	f->in_tree = true;
	return f;
}

/*
 * vma_lock_fixture_check() - has the case made the kernel complain?
 *
 * Context: suite exit, after the actors were told to leave or not: it only
 * looks.
 */
static __maybe_unused void vma_lock_fixture_check(struct kunit *test, struct vma_lock_fixture *f)
{
	vma_lock_doing(NULL, NULL);
	if (f)
		vma_lock_expect_no_complaint(f, "after the case");
}

/*
 * vma_lock_actor_start() - let an actor begin.
 * @f: the fixture.
 * @name: who it is, for messages and as the name of the thread.
 * @vma: the VMA it acts on.
 * @act: runs in the thread; may sleep; its value is kept in actor->ret.
 * @undo: runs in the same thread once told to leave, or NULL.
 * @arg: for the act, in actor->arg.
 *
 * Actors end at the end of the case at the latest, before the fixture goes; all
 * are told to leave before any is waited for.
 *
 * Context: the case's thread. Aborts the case if no thread can be made.
 */
static __maybe_unused struct vma_lock_actor *
vma_lock_actor_start(struct vma_lock_fixture *f, const char *name,
		     struct vm_area_struct *vma,
		     int (*act)(struct vma_lock_actor *a),
		     void (*undo)(struct vma_lock_actor *a), const void *arg)
{
	struct vma_lock_actor *a = kzalloc(sizeof(*a), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(f->test, a);
	a->f = f;
	a->name = name;
	a->vma = vma;
	a->act = act;
	a->undo = undo;
	a->arg = arg;
	init_completion(&a->acted);
	init_completion(&a->leave);
	init_completion(&a->left);
	a->task = kthread_create(vma_lock_actor_thread, a, "vma_lock_%s", name);
	if (IS_ERR(a->task)) {
		kfree(a);
		KUNIT_FAIL_AND_ABORT(f->test, "no thread for the %s", name);
	}
	get_task_struct(a->task);
	list_add_tail(&a->node, &f->actors);
	wake_up_process(a->task);
	return a;
}

/*
 * vma_lock_actor_acted() - has the act ended, within the deadline?
 *
 * Context: the case's thread; sleeps. Fails the case with the state if not, and
 * then saves the actor if it can.
 */
static __maybe_unused bool vma_lock_actor_acted(struct vma_lock_actor *a, const char *state)
{
	if (wait_for_completion_timeout(&a->acted, VMA_LOCK_DEADLINE))
		return true;
	KUNIT_FAIL(a->f->test, "state %s: %s: expected it to end, found it waiting at count %s",
		   state, a->name, vma_lock_text(vma_lock_count(a->vma)).s);
	vma_lock_rescue(a, &a->acted);
	return false;
}

/*
 * vma_lock_actor_waits() - wait until an actor sleeps in the lock.
 *
 * Context: the case's thread; sleeps. Return: true as soon as it provably
 * sleeps; false, with the case failed, if it ended without or neither happened
 * within the deadline.
 */
static __maybe_unused bool vma_lock_actor_waits(struct vma_lock_actor *a, const char *state)
{
	bool asleep = false;

	vma_lock_becomes((asleep = vma_lock_asleep(a)) || completion_done(&a->acted));
	if (asleep)
		return true;
	KUNIT_FAIL(a->f->test,
		   "state %s: %s: expected it to sleep with FLAG in the count, found it %s at count %s",
		   state, a->name,
		   completion_done(&a->acted) ? "through" : "awake",
		   vma_lock_text(vma_lock_count(a->vma)).s);
	return false;
}

/* The acts that most cases are made of. */

/* Read-lock the VMA as a caller under mmap_lock does, and give it back. */
static __maybe_unused int vma_lock_act_read(struct vma_lock_actor *a)
{
	bool locked;

	mmap_read_lock(a->vma->vm_mm);
	locked = vma_start_read_locked(a->vma);
	mmap_read_unlock(a->vma->vm_mm);
	a->locked = locked ? a->vma : NULL;
	return locked;
}

static __maybe_unused void vma_lock_undo_read(struct vma_lock_actor *a)
{
	if (a->locked)
		vma_end_read(a->locked);
	a->locked = NULL;
}

/* Hold mmap_lock for write, and write-lock no VMA. */
static __maybe_unused int vma_lock_act_mmap_lock(struct vma_lock_actor *a)
{
	mmap_write_lock(a->f->mm);
	return 0;
}

/* Write-lock the VMA, and unlock it with mmap_lock. */
static __maybe_unused int vma_lock_act_write(struct vma_lock_actor *a)
{
	unsigned long nvcsw;

	mmap_write_lock(a->vma->vm_mm);
	/* Only the sleep of the VMA's lock counts, not the one of mmap_lock. */
	nvcsw = current->nvcsw;
	vma_start_write(a->vma);
	a->slept = current->nvcsw - nvcsw;
	return 0;
}

static __maybe_unused void vma_lock_undo_write(struct vma_lock_actor *a)
{
	mmap_write_unlock(a->vma->vm_mm);
}

/*
 * Hold mmap_lock with the VMA marked write-locked by hand. Readers that hold
 * the VMA then look like those that are past the early check and have not
 * looked again: the transient ones that a detach meets.
 */
static __maybe_unused int vma_lock_act_mark_write_locked(struct vma_lock_actor *a)
{
	mmap_write_lock(a->vma->vm_mm);
	WRITE_ONCE(a->vma->vm_lock_seq, a->vma->vm_mm->mm_lock_seq.sequence);
	return 0;
}

/* Detach the VMA while it is marked write-locked. */
static __maybe_unused int vma_lock_act_detach(struct vma_lock_actor *a)
{
	unsigned long nvcsw;

	vma_lock_act_mark_write_locked(a);
	nvcsw = current->nvcsw;
	vma_mark_detached(a->vma);
	a->slept = current->nvcsw - nvcsw;
	return 0;
}

/*
 * vma_lock_waits_for_mmap_lock() - wait until an actor sleeps for mmap_lock.
 *
 * Context: the case's thread, with nobody else who could wait for it; sleeps. Fails
 * the case if the actor gets through, or does neither within the deadline.
 */
static __maybe_unused void vma_lock_waits_for_mmap_lock(struct vma_lock_actor *a,
							const char *state)
{
	bool asleep = false;

	vma_lock_becomes((asleep = mmap_lock_is_contended(a->f->mm) && vma_lock_sleeps(a->task)) ||
			 completion_done(&a->acted));
	if (!asleep)
		KUNIT_FAIL(a->f->test,
			   "state %s: %s: expected it waiting for mmap_lock, found it %s", state,
			   a->name, completion_done(&a->acted) ? "through" : "awake");
}

/* A reader that holds this VMA; the case is aborted if it cannot have it. */
static __maybe_unused struct vma_lock_actor *
vma_lock_reader_of(struct vma_lock_fixture *f, const char *name, struct vm_area_struct *vma)
{
	struct vma_lock_actor *a;

	a = vma_lock_actor_start(f, name, vma, vma_lock_act_read, vma_lock_undo_read, NULL);
	KUNIT_ASSERT_TRUE(f->test, vma_lock_actor_acted(a, "attached"));
	KUNIT_ASSERT_PTR_EQ_MSG(f->test, a->locked, vma,
				"state attached: read under mmap_lock: expected granted, found refused");
	return a;
}

/* A reader that holds the bare VMA. */
static __maybe_unused struct vma_lock_actor *
vma_lock_reader(struct vma_lock_fixture *f, const char *name)
{
	return vma_lock_reader_of(f, name, f->vma);
}

/* The VMA at or above an address. It stays, as only the case's actors change the mm. */
static __maybe_unused struct vm_area_struct *
vma_lock_find(struct vma_lock_fixture *f, unsigned long addr)
{
	struct vm_area_struct *vma;

	mmap_read_lock(f->mm);
	vma = find_vma(f->mm, addr);
	mmap_read_unlock(f->mm);
	return vma;
}

/* A mapping in the mm of the fixture, made and changed as user space would. */
struct vma_lock_mapping {
	unsigned long addr;	/* where, or where it came to be */
	unsigned long pages;
	unsigned long flags;	/* of mmap(), besides private and anonymous */
};

static __maybe_unused int vma_lock_act_mmap(struct vma_lock_actor *a)
{
	struct vma_lock_mapping *m = (struct vma_lock_mapping *)a->arg;

	kthread_use_mm(a->f->mm);
	m->addr = vm_mmap(NULL, m->addr, m->pages * PAGE_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | m->flags, 0);
	kthread_unuse_mm(a->f->mm);
	return IS_ERR_VALUE(m->addr) ? (int)m->addr : 0;
}

static __maybe_unused int vma_lock_act_munmap(struct vma_lock_actor *a)
{
	const struct vma_lock_mapping *m = a->arg;
	int ret;

	kthread_use_mm(a->f->mm);
	ret = vm_munmap(m->addr, m->pages * PAGE_SIZE);
	kthread_unuse_mm(a->f->mm);
	return ret;
}

/*
 * vma_lock_map_at() - map memory in the fixture's mm.
 * @f: the fixture.
 * @addr: where, if @flags has MAP_FIXED.
 * @pages: how much.
 * @flags: for mmap(), besides private and anonymous.
 *
 * Context: the case's thread; sleeps. The case is aborted if that does not come
 * to an end. Return: the address.
 */
static __maybe_unused unsigned long vma_lock_map_at(struct vma_lock_fixture *f, unsigned long addr,
						    unsigned long pages, unsigned long flags)
{
	struct vma_lock_mapping *m = kunit_kzalloc(f->test, sizeof(*m), GFP_KERNEL);
	struct vma_lock_actor *a;

	KUNIT_ASSERT_NOT_NULL(f->test, m);
	m->addr = addr;
	m->pages = pages;
	m->flags = flags;
	a = vma_lock_actor_start(f, "mmap", f->vma, vma_lock_act_mmap, NULL, m);
	KUNIT_ASSERT_TRUE(f->test, vma_lock_actor_acted(a, "nothing mapped"));
	KUNIT_ASSERT_EQ(f->test, a->ret, 0);
	return m->addr;
}

static __maybe_unused unsigned long vma_lock_map(struct vma_lock_fixture *f, unsigned long pages)
{
	return vma_lock_map_at(f, 0, pages, 0);
}

/* Unmap so many pages; likewise. Return: what munmap() returned. */
static __maybe_unused int vma_lock_unmap(struct vma_lock_fixture *f, unsigned long addr,
					 unsigned long pages)
{
	struct vma_lock_mapping *m = kunit_kzalloc(f->test, sizeof(*m), GFP_KERNEL);
	struct vma_lock_actor *a;

	KUNIT_ASSERT_NOT_NULL(f->test, m);
	m->addr = addr;
	m->pages = pages;
	a = vma_lock_actor_start(f, "munmap", f->vma, vma_lock_act_munmap, NULL, m);
	KUNIT_ASSERT_TRUE(f->test, vma_lock_actor_acted(a, "mapped"));
	return a->ret;
}

/*
 * The lookup, guarded. A lock that reports the wrong reason for a refusal makes
 * lock_vma_under_rcu() look again for ever. The timer then makes the VMA
 * write-locked and attached, which ends the search: the early check or the
 * recheck refuses it.
 */
struct vma_lock_lookup {
	struct timer_list timer;
	struct vm_area_struct *vma;	/* the one that a lookup could spin on */
	struct vm_area_struct *found;	/* what the lookup returned */
	unsigned int release_to;	/* count that the timer gives, 0: none */
	bool guarded;			/* in a read section of the caller's own */
	bool spun;			/* the timer had to end it */
	int rcu_depth;			/* read sections left open */
	long aborted, missed;		/* what the kernel counted of it */
};

static void vma_lock_lookup_timer(struct timer_list *timer)
{
	struct vma_lock_lookup *l = container_of(timer, struct vma_lock_lookup, timer);

	WRITE_ONCE(l->spun, true);
	if (l->release_to) {
		vma_lock_set_count(l->vma, l->release_to);
		return;
	}
	WRITE_ONCE(l->vma->vm_lock_seq, l->vma->vm_mm->mm_lock_seq.sequence);
	if (!vma_lock_count(l->vma))
		vma_lock_set_count(l->vma, 1);
}

/* A killable write lock, likewise. The result tells whether it was obtained. */
static __maybe_unused int vma_lock_act_write_killable(struct vma_lock_actor *a)
{
	unsigned long nvcsw;
	int ret;

	allow_signal(SIGUSR1);
	mmap_write_lock(a->vma->vm_mm);
	nvcsw = current->nvcsw;
	ret = vma_start_write_killable(a->vma);
	a->slept = current->nvcsw - nvcsw;
	flush_signals(current);
	return ret;
}

/*
 * What the kernel counts of the lookups, where it does: refused ones, and looks
 * that met a detached VMA. Nobody else looks anything up while built-in suites
 * run; a module runs beside user space.
 */
#if defined(CONFIG_PER_VMA_LOCK_STATS) && defined(CONFIG_VM_EVENT_COUNTERS) && !defined(MODULE)
#define VMA_LOCK_COUNTS_LOOKUPS	1

static __maybe_unused void vma_lock_lookups(long *aborted, long *missed)
{
	unsigned long *events = kcalloc(NR_VM_EVENT_ITEMS, sizeof(*events), GFP_KERNEL);

	*aborted = 0;
	*missed = 0;
	if (!events)
		return;
	all_vm_events(events);
	*aborted = events[VMA_LOCK_ABORT];
	*missed = events[VMA_LOCK_MISS];
	kfree(events);
}
#else
#define VMA_LOCK_COUNTS_LOOKUPS	0

static __maybe_unused void vma_lock_lookups(long *aborted, long *missed)
{
	*aborted = 0;
	*missed = 0;
}
#endif

/* A kernel that never preempts has no count of read sections: nothing to see there. */
#define VMA_LOCK_COUNTS_RCU	\
	(IS_ENABLED(CONFIG_PREEMPT_RCU) || IS_ENABLED(CONFIG_PREEMPT_COUNT))

static int vma_lock_rcu_depth(void)
{
	return IS_ENABLED(CONFIG_PREEMPT_RCU) ? rcu_preempt_depth() : preempt_count();
}

/* Leave as many read sections open as there were. */
static void vma_lock_rcu_balance(int depth)
{
	while (vma_lock_rcu_depth() > depth)
		rcu_read_unlock();
	while (vma_lock_rcu_depth() < depth)
		rcu_read_lock();
}

static void vma_lock_lookup_arm(struct vma_lock_lookup *l, struct vm_area_struct *vma,
				unsigned long timeout)
{
	l->vma = vma;
	l->spun = false;
	timer_setup_on_stack(&l->timer, vma_lock_lookup_timer, 0);
	mod_timer(&l->timer, jiffies + timeout);
}

static void vma_lock_lookup_disarm(struct vma_lock_lookup *l)
{
	timer_delete_sync(&l->timer);
	vma_lock_timer_destroy(&l->timer);
}

/*
 * A lookup that leaves more read sections than it entered would leave one that
 * nobody is in, which some kernels do not survive. It shall find one: the guard.
 * Only what does not sleep can be guarded. Return: the depth that must stay.
 */
static int vma_lock_lookup_guard(struct vma_lock_lookup *l)
{
	if (l->guarded)
		rcu_read_lock();
	return vma_lock_rcu_depth();
}

static void vma_lock_lookup_unguard(struct vma_lock_lookup *l, int depth)
{
	vma_lock_rcu_balance(depth);
	if (l->guarded)
		rcu_read_unlock();
}

/*
 * vma_lock_lookup_at() - lock_vma_under_rcu() that cannot hang the case.
 * @l: filled in; @l->release_to is taken from the caller: the count that the
 *     VMA is given after @timeout if the lookup still goes on then (for a
 *     lookup that is expected to), 0 for none; and @l->guarded.
 * @mm: the mm to look in.
 * @vma: the VMA of the fixture, with which the timer may end the search.
 * @addr: the address to look up.
 * @timeout: jiffies after which the lookup is ended.
 *
 * An RCU read section left open or closed twice is counted in @l->rcu_depth and
 * put right.
 *
 * Context: the case's thread, with no spinlock and no RCU read section. Return:
 * the VMA, read-locked, or NULL.
 */
static __maybe_unused struct vm_area_struct *
vma_lock_lookup_at(struct vma_lock_lookup *l, struct mm_struct *mm,
		   struct vm_area_struct *vma, unsigned long addr, unsigned long timeout)
{
	int depth;
	long aborted, missed;

	vma_lock_lookups(&aborted, &missed);
	vma_lock_lookup_arm(l, vma, timeout);
	depth = vma_lock_lookup_guard(l);
	l->found = lock_vma_under_rcu(mm, addr);
	l->rcu_depth = vma_lock_rcu_depth() - depth;
	vma_lock_lookup_unguard(l, depth);
	vma_lock_lookup_disarm(l);
	vma_lock_lookups(&l->aborted, &l->missed);
	l->aborted -= aborted;
	l->missed -= missed;
	return l->found;
}

/* The answer of a lookup and what the kernel counts of it belong together. */
static __maybe_unused void vma_lock_expect_counted(struct kunit *test, struct vma_lock_lookup *l,
						   const char *state, bool missed)
{
	if (!VMA_LOCK_COUNTS_LOOKUPS)
		return;
	KUNIT_EXPECT_EQ_MSG(test, l->aborted, l->found ? 0L : 1L,
			    "state %s: lookup, %s: expected vma_lock_abort to grow by %d, found by %ld",
			    state, l->found ? "granted" : "refused", !l->found, l->aborted);
	KUNIT_EXPECT_EQ_MSG(test, l->missed > 0, missed,
			    "state %s: lookup: expected vma_lock_miss %s, found it grown by %ld",
			    state, missed ? "grown" : "as it was", l->missed);
}

/*
 * vma_lock_expect_lookup() - one lookup, with everything that can be wrong.
 * @f: the fixture.
 * @addr: the address to look up in the fixture's mm.
 * @expected: the VMA that must be found and read-locked, or NULL.
 * @state: the state, for messages.
 *
 * A VMA that was granted is given back at once.
 */
static __maybe_unused void
vma_lock_expect_lookup(struct vma_lock_fixture *f, unsigned long addr,
		       struct vm_area_struct *expected, const char *state)
{
	struct vma_lock_lookup l = { .guarded = true };
	struct vm_area_struct *found;

	vma_lock_doing(state, "lookup");
	found = vma_lock_lookup_at(&l, f->mm, expected ?: f->vma, addr, VMA_LOCK_SPIN_DEADLINE);
	if (found)
		vma_end_read(found);
	KUNIT_EXPECT_PTR_EQ_MSG(f->test, found, expected,
				"state %s: lookup: expected %s, found %s", state,
				expected ? "granted" : "refused",
				found ? "granted" : "refused");
	KUNIT_EXPECT_FALSE_MSG(f->test, l.spun,
			       "state %s: lookup: expected one look, found it looking for ever",
			       state);
	KUNIT_EXPECT_EQ_MSG(f->test, l.rcu_depth, 0,
			    "state %s: lookup: expected RCU read sections balanced, found %d left",
			    state, l.rcu_depth);
	vma_lock_expect_counted(f->test, &l, state, false);
}

/*
 * vma_lock_lookup_next() - lock_next_vma(), guarded like vma_lock_lookup_at().
 * @l: filled in; @l->release_to and @l->guarded as there: a walk may sleep for
 *     mmap_lock.
 * @f: the fixture.
 * @vmi: the iterator, where the walk stands.
 * @from: the address from which on the next VMA is wanted.
 * @vma: the VMA on which the walk might spin.
 * @timeout: jiffies after which it is ended.
 *
 * Context: the case's thread, outside RCU: the read section that the walk is to
 * be called in, and must return in, is opened and closed here. Return: what
 * lock_next_vma() returned.
 */
static __maybe_unused struct vm_area_struct *
vma_lock_lookup_next(struct vma_lock_lookup *l, struct vma_lock_fixture *f,
		     struct vma_iterator *vmi, unsigned long from,
		     struct vm_area_struct *vma, unsigned long timeout)
{
	int depth;

	vma_lock_lookup_arm(l, vma, timeout);
	depth = vma_lock_lookup_guard(l);
	rcu_read_lock();
	l->found = lock_next_vma(f->mm, vmi, from);
	/* It comes in with one open section, and is to leave with that one. */
	l->rcu_depth = VMA_LOCK_COUNTS_RCU ? vma_lock_rcu_depth() - depth - 1 : 0;
	vma_lock_lookup_unguard(l, depth);
	vma_lock_lookup_disarm(l);
	return l->found;
}

/*
 * vma_lock_end_read_wakes() - give a read lock back, and see whether that wakes.
 *
 * The caller poses as the writer that sleeps on the mm: asleep by its state,
 * though it never gives up the CPU, so that being woken shows in the state. The
 * wake-up comes from the caller's own vma_end_read(), so nothing is raced.
 *
 * Context: the thread that took the read lock, with no writer waiting.
 */
static __maybe_unused bool vma_lock_end_read_wakes(struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;
	bool woken;

	prepare_to_rcuwait(&mm->vma_writer_wait);
	set_current_state(TASK_UNINTERRUPTIBLE);
	vma_end_read(vma);
	woken = READ_ONCE(current->__state) == TASK_RUNNING;
	finish_rcuwait(&mm->vma_writer_wait);
	return woken;
}

#endif /* _MM_TESTS_VMA_LOCK_FIXTURE_H */
