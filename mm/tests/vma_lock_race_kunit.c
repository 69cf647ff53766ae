// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the races of the per-VMA lock, each played once and exactly.
 *
 * The lock tells lockdep what it does between its steps:
 *
 *	reader acquire	the count is raised, nothing is validated yet
 *	reader release	about to drop the count
 *	writer acquire	FLAG is in the count, the wait has not begun
 *	writer release	FLAG is off again
 *
 * lockdep passes that on as the tracepoints lock_acquire and lock_release, to
 * which a probe can be attached. Filtered by the VMA's map and by the task, the
 * probe runs in the middle of the lock, on its CPU, and plays there what another
 * CPU would have done in that moment. The race is then not provoked but written
 * down: no timing, no second CPU, no repetition.
 *
 * Of a downgrade of mmap_lock lockdep passes nothing on, and of a wake-up it knows
 * nothing: sched_waking tells of the moment in which who waits is woken.
 *
 * A probe runs with preemption off and must not sleep. It records what it sees;
 * the case judges when it is over.
 */
#include "vma_lock_fixture.h"

#include <linux/tracepoint.h>

#if IS_ENABLED(CONFIG_LOCKDEP) && IS_ENABLED(CONFIG_TRACEPOINTS)

/* The four windows, by what lockdep is told there. */
enum vma_lock_window {
	READER_ACQUIRE,
	READER_RELEASE,
	WRITER_ACQUIRE,
	WRITER_RELEASE,
	VMA_LOCK_WINDOWS
};

static const char * const vma_lock_window_names[] = {
	[READER_ACQUIRE] = "after a reader raised the count",
	[READER_RELEASE] = "before a reader drops the count",
	[WRITER_ACQUIRE] = "after a writer added FLAG",
	[WRITER_RELEASE] = "after a writer took FLAG off",
};

/* What is played, and what was seen when it was. */
struct vma_lock_play {
	struct vma_lock_fixture *f;
	struct vm_area_struct *vma;
	/* The other CPU's part in a window, or NULL. It runs at most once. */
	void (*part[VMA_LOCK_WINDOWS])(struct vma_lock_play *p);
	unsigned int passed[VMA_LOCK_WINDOWS];
	unsigned int count[VMA_LOCK_WINDOWS];	/* of the VMA, at the first pass */
	bool write_locked[VMA_LOCK_WINDOWS];
	/* How lockdep was told of the acquire, and the RCU read sections at it. */
	int trylock[VMA_LOCK_WINDOWS];
	int read[VMA_LOCK_WINDOWS];
	int rcu_depth[VMA_LOCK_WINDOWS];
	/* For the parts. */
	struct mm_struct *other_mm;
	unsigned int new_count;
	unsigned long new_end;
	/* mm_lock_seq when mmap_lock was released, and whether it was. */
	unsigned int released_seq;
	bool released;
	/* The same of the moment in which this task is woken, and the VMA's count then. */
	struct task_struct *waiter;
	unsigned int woken_seq;
	unsigned int woken_count;
	bool woken;
	int other_mm_count;
	struct vm_area_struct *found;
	bool looked;
};

/*
 * The play that is on, set and cleared by the case with no reader or writer under
 * way; and the task that it is played to. Every CPU passes the probes all the time,
 * and may still be there when the play, which is on a stack, has ended: so nobody
 * but that task looks at it.
 */
static struct vma_lock_play *vma_lock_stage;
static struct task_struct *vma_lock_player;

static struct vma_lock_play *vma_lock_own_play(void)
{
	return READ_ONCE(vma_lock_player) == current ? READ_ONCE(vma_lock_stage) : NULL;
}

static void vma_lock_enter_window(struct vma_lock_play *p, struct lockdep_map *map,
				  enum vma_lock_window window)
{
	if (map != &p->vma->vmlock_dep_map)
		return;
	if (p->passed[window]++)
		return;
	p->count[window] = vma_lock_count(p->vma);
	p->write_locked[window] = vma_lock_is_write_locked(p->vma);
	p->rcu_depth[window] = vma_lock_rcu_depth();
	if (p->part[window])
		p->part[window](p);
}

static void vma_lock_probe_acquire(void *data, struct lockdep_map *map, unsigned int subclass,
				   int trylock, int read, int check,
				   struct lockdep_map *nest, unsigned long ip)
{
	enum vma_lock_window window = read ? READER_ACQUIRE : WRITER_ACQUIRE;
	struct vma_lock_play *p = vma_lock_own_play();

	if (!p)
		return;
	/* The tracepoint is passed before the window of this call is entered. */
	if (map == &p->vma->vmlock_dep_map && !p->passed[window]) {
		p->trylock[window] = trylock;
		p->read[window] = read;
	}
	vma_lock_enter_window(p, map, window);
}

/*
 * A release does not say of what. Only a writer has its map released while no
 * read lock of this task is being tracked: the acquire tells them apart.
 */
static void vma_lock_probe_release(void *data, struct lockdep_map *map, unsigned long ip)
{
	struct vma_lock_play *p = vma_lock_own_play();

	if (!p)
		return;
	if (map == &p->f->mm->mmap_lock.dep_map) {
		p->released_seq = p->f->mm->mm_lock_seq.sequence;
		p->released = true;
	}
	vma_lock_enter_window(p, map, p->passed[WRITER_ACQUIRE] ? WRITER_RELEASE : READER_RELEASE);
}

static void vma_lock_probe_waking(void *data, struct task_struct *task)
{
	struct vma_lock_play *p = vma_lock_own_play();

	if (!p || task != p->waiter || p->woken)
		return;
	p->woken_seq = p->f->mm->mm_lock_seq.sequence;
	p->woken_count = vma_lock_count(p->vma);
	p->woken = true;
}

static struct tracepoint *vma_lock_tp_acquire, *vma_lock_tp_release, *vma_lock_tp_waking;
static bool vma_lock_probes_on;

static void vma_lock_find_tracepoint(struct tracepoint *tp, void *data)
{
	if (!strcmp(tp->name, "lock_acquire"))
		vma_lock_tp_acquire = tp;
	else if (!strcmp(tp->name, "lock_release"))
		vma_lock_tp_release = tp;
	else if (!strcmp(tp->name, "sched_waking"))
		vma_lock_tp_waking = tp;
}

/* By name, because a module cannot link to tracepoints that are not exported. */
static int vma_lock_race_suite_init(struct kunit_suite *suite)
{
	int ret = vma_lock_suite_init(suite);

	if (ret)
		return ret;
	for_each_kernel_tracepoint(vma_lock_find_tracepoint, NULL);
	if (!vma_lock_tp_acquire || !vma_lock_tp_release)
		return 0;
	if (tracepoint_probe_register(vma_lock_tp_acquire, vma_lock_probe_acquire, NULL))
		return 0;
	if (tracepoint_probe_register(vma_lock_tp_release, vma_lock_probe_release, NULL)) {
		tracepoint_probe_unregister(vma_lock_tp_acquire, vma_lock_probe_acquire, NULL);
		tracepoint_synchronize_unregister();
		return 0;
	}
	vma_lock_probes_on = true;
	/* Only one case needs it, and says so. */
	if (vma_lock_tp_waking &&
	    tracepoint_probe_register(vma_lock_tp_waking, vma_lock_probe_waking, NULL))
		vma_lock_tp_waking = NULL;
	return 0;
}

static void vma_lock_race_suite_exit(struct kunit_suite *suite)
{
	vma_lock_suite_exit(suite);
	if (!vma_lock_probes_on)
		return;
	if (vma_lock_tp_waking)
		tracepoint_probe_unregister(vma_lock_tp_waking, vma_lock_probe_waking, NULL);
	tracepoint_probe_unregister(vma_lock_tp_release, vma_lock_probe_release, NULL);
	tracepoint_probe_unregister(vma_lock_tp_acquire, vma_lock_probe_acquire, NULL);
	tracepoint_synchronize_unregister();
	vma_lock_probes_on = false;
}

static int vma_lock_race_init(struct kunit *test)
{
	if (!vma_lock_probes_on)
		kunit_skip(test, "the kernel has no tracepoints lock_acquire and lock_release");
	if (!debug_locks)
		kunit_skip(test, "lockdep is off after an earlier report, and tells nothing");
	test->priv = vma_lock_fixture_create(test);
	return 0;
}

static void vma_lock_play_off(void)
{
	WRITE_ONCE(vma_lock_player, NULL);
	WRITE_ONCE(vma_lock_stage, NULL);
}

static void vma_lock_race_exit(struct kunit *test)
{
	vma_lock_play_off();
	vma_lock_fixture_check(test, test->priv);
}

/* Begin a play in which the calling thread meets the other CPU. */
static void vma_lock_play_on(struct vma_lock_fixture *f, struct vma_lock_play *p)
{
	p->f = f;
	p->vma = f->vma;
	WRITE_ONCE(vma_lock_stage, p);
	WRITE_ONCE(vma_lock_player, current);
}

/* The lock must have come through this window, or nothing was played there. */
static void vma_lock_expect_passed(struct kunit *test, struct vma_lock_play *p,
				   enum vma_lock_window window)
{
	KUNIT_EXPECT_NE_MSG(test, p->passed[window], 0U,
			    "state %s: expected the lock to tell lockdep there, found it silent",
			    vma_lock_window_names[window]);
}

/* The other CPU write-locks the VMA: all that a reader can see of it. */
static void vma_lock_part_write_lock(struct vma_lock_play *p)
{
	WRITE_ONCE(p->vma->vm_lock_seq, p->vma->vm_mm->mm_lock_seq.sequence);
}

/*
 * reader				writer
 * early check: not write-locked
 * count 1 -> 2
 *					sees a transient reader, marks the VMA
 *					write-locked all the same (it is detaching)
 * second check: write-locked, count 2 -> 1
 *
 * Without the second check the reader walks off with a VMA that is being torn
 * down; without the put it leaves a reference that the next writer waits for.
 */
static void vma_lock_race_write_lock_after_increment(struct kunit *test)
{
	struct vma_lock_play p = { .part[READER_ACQUIRE] = vma_lock_part_write_lock };
	struct vma_lock_fixture *f = test->priv;

	vma_lock_play_on(f, &p);
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "write-locked after the count was raised");
	vma_lock_play_off();

	vma_lock_expect_passed(test, &p, READER_ACQUIRE);
	KUNIT_EXPECT_EQ_MSG(test, p.count[READER_ACQUIRE], 2U,
			    "state %s: expected count 2, found %s",
			    vma_lock_window_names[READER_ACQUIRE],
			    vma_lock_text(p.count[READER_ACQUIRE]).s);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "write-locked after the count was raised", "lookup");
	/* A reader never waits: it may not make lockdep see an order of locks. */
	KUNIT_EXPECT_EQ_MSG(test, p.trylock[READER_ACQUIRE], 1,
			    "state %s: expected lockdep told of a trylock, found a lock that waits",
			    vma_lock_window_names[READER_ACQUIRE]);
	KUNIT_EXPECT_EQ(test, p.read[READER_ACQUIRE], 1);
}

/*
 * A reader that leaves again may be the last one that a writer waits for: the put
 * on the way out wakes, as every put does. Here the case poses as that writer.
 */
static void vma_lock_part_writer_waits(struct vma_lock_play *p)
{
	if (p->other_mm)
		WRITE_ONCE(p->vma->vm_mm, p->other_mm);
	else
		vma_lock_part_write_lock(p);
	vma_lock_set_count(p->vma, p->new_count);
}

static const struct vma_lock_refusal {
	const char *name;
	bool other_mm;		/* recycled meanwhile; else write-locked meanwhile */
	unsigned int count;	/* with FLAG added by the writer, before the put */
} vma_lock_refusals[] = {
	{ "write-locked meanwhile, detach waits", false, VMA_LOCK_FLAG + 1 },
	{ "recycled meanwhile, a write lock of the other mm waits", true, VMA_LOCK_FLAG + 2 },
	{ "recycled meanwhile, a detach of the other mm waits", true, VMA_LOCK_FLAG + 1 },
};

KUNIT_ARRAY_PARAM_DESC(vma_lock_refusal, vma_lock_refusals, name);

static void vma_lock_race_refused_reader_wakes(struct kunit *test)
{
	const struct vma_lock_refusal *r = test->param_value;
	struct vma_lock_play p = {
		.part[READER_ACQUIRE] = vma_lock_part_writer_waits,
		.new_count = r->count,
	};
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_fixture *other = vma_lock_fixture_create(test);
	struct mm_struct *waits = r->other_mm ? other->mm : f->mm;
	struct vm_area_struct *found;
	bool woken;

	p.other_mm = r->other_mm ? other->mm : NULL;
	vma_lock_play_on(f, &p);
	prepare_to_rcuwait(&waits->vma_writer_wait);
	set_current_state(TASK_UNINTERRUPTIBLE);
	found = lock_vma_under_rcu(f->mm, VMA_LOCK_START);
	woken = READ_ONCE(current->__state) == TASK_RUNNING;
	finish_rcuwait(&waits->vma_writer_wait);
	vma_lock_play_off();

	vma_lock_expect_passed(test, &p, READER_ACQUIRE);
	KUNIT_EXPECT_NULL_MSG(test, found, "state %s: lookup: expected refused, found granted",
			      r->name);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, r->count - 1, r->name, "lookup");
	KUNIT_EXPECT_TRUE_MSG(test, woken,
			      "state %s: lookup, last reader: expected the writer woken, found it asleep",
			      r->name);
	if (found)
		vma_end_read(found);
	f->vma->vm_mm = f->mm;
	vma_lock_set_count(f->vma, 1);
}

/* The other CPU frees the VMA, and another mm allocates and attaches it. */
static void vma_lock_part_recycle(struct vma_lock_play *p)
{
	WRITE_ONCE(p->vma->vm_mm, p->other_mm);
}

/* Is the other mm held while the reader drops the count? */
static void vma_lock_part_look_at_mm(struct vma_lock_play *p)
{
	p->other_mm_count = atomic_read(&p->other_mm->mm_count);
}

/*
 * reader				two other processes
 * finds the VMA, count 1 -> 2
 *					free it, and attach it to another mm, whose
 *					writer then waits for this reader
 * vm_mm is another one: drop, wake that mm's writer
 *
 * As soon as the count is dropped that writer may go on, and its mm may die: the
 * reader must hold the mm from before the drop until after the wake-up, and not
 * longer.
 */
static void vma_lock_race_recycled_after_increment(struct kunit *test)
{
	struct vma_lock_play p = {
		.part[READER_ACQUIRE] = vma_lock_part_recycle,
		.part[READER_RELEASE] = vma_lock_part_look_at_mm,
	};
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_fixture *other = vma_lock_fixture_create(test);
	int references = atomic_read(&other->mm->mm_count);

	p.other_mm = other->mm;
	vma_lock_play_on(f, &p);
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "recycled after the count was raised");
	vma_lock_play_off();
	f->vma->vm_mm = f->mm;

	vma_lock_expect_passed(test, &p, READER_ACQUIRE);
	vma_lock_expect_passed(test, &p, READER_RELEASE);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "recycled after the count was raised", "lookup");
	/* To drop an mm is much work, and not for an RCU read section. */
	KUNIT_EXPECT_EQ_MSG(test, p.rcu_depth[READER_ACQUIRE] - p.rcu_depth[READER_RELEASE], 1,
			    "state recycled VMA: let go: expected to have left the RCU read section, found %d left",
			    p.rcu_depth[READER_ACQUIRE] - p.rcu_depth[READER_RELEASE]);
	KUNIT_EXPECT_EQ_MSG(test, p.other_mm_count, references + 1,
			    "state %s of a recycled VMA: expected %d references to its mm, found %d",
			    vma_lock_window_names[READER_RELEASE], references + 1,
			    p.other_mm_count);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&other->mm->mm_count), references,
			    "state recycled VMA: after the lookup: expected %d references to its mm, found %d",
			    references, atomic_read(&other->mm->mm_count));
}

/*
 * The VMA goes to another mm in the moment in which the last reader leaves. The
 * writer that waits belongs to the mm that the VMA had before: whoever reads
 * vm_mm after the drop wakes somebody else, or nobody.
 */
static void vma_lock_race_recycled_before_drop(struct kunit *test)
{
	struct vma_lock_play p = { .part[READER_RELEASE] = vma_lock_part_recycle };
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_fixture *other = vma_lock_fixture_create(test);
	bool locked, woken;

	mmap_read_lock(f->mm);
	locked = vma_start_read_locked(f->vma);
	mmap_read_unlock(f->mm);
	KUNIT_ASSERT_TRUE(test, locked);
	vma_lock_set_count(f->vma, VMA_LOCK_FLAG + 2);

	p.other_mm = other->mm;
	vma_lock_play_on(f, &p);
	woken = vma_lock_end_read_wakes(f->vma);
	vma_lock_play_off();
	f->vma->vm_mm = f->mm;

	vma_lock_expect_passed(test, &p, READER_RELEASE);
	KUNIT_EXPECT_EQ_MSG(test, p.count[READER_RELEASE], VMA_LOCK_FLAG + 2,
			    "state %s: expected count FLAG+2, found %s: lockdep was told too late",
			    vma_lock_window_names[READER_RELEASE],
			    vma_lock_text(p.count[READER_RELEASE]).s);
	KUNIT_EXPECT_TRUE_MSG(test, woken,
			      "state writer waits for 1 reader: VMA recycled while it leaves: expected the writer of the old mm woken, found it asleep");
	vma_lock_set_count(f->vma, 1);
}

/* The other CPU looks the address up. */
static void vma_lock_part_lookup(struct vma_lock_play *p)
{
	p->found = lock_vma_under_rcu(p->vma->vm_mm, VMA_LOCK_START);
	p->looked = true;
	if (p->found)
		vma_end_read(p->found);
}

static int vma_lock_act_write_on_stage(struct vma_lock_actor *a)
{
	WRITE_ONCE(vma_lock_player, current);
	return vma_lock_act_write(a);
}

/*
 * A writer turns readers away by FLAG first and by the sequence afterwards. The
 * sequence must be in place before FLAG goes, or a reader slips in between.
 *
 * The lookups here are played at the two moments that matter; the one that is
 * played inside the writer's own task cannot wait for it, and need not.
 */
static void vma_lock_race_read_while_writer_locks(struct kunit *test)
{
	static const enum vma_lock_window windows[] = { WRITER_ACQUIRE, WRITER_RELEASE };
	struct vma_lock_fixture *f = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		struct vma_lock_play *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
		enum vma_lock_window w = windows[i];
		struct vma_lock_actor *writer;

		KUNIT_ASSERT_NOT_NULL(test, p);
		p->part[w] = vma_lock_part_lookup;
		vma_lock_play_on(f, p);
		writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_write_on_stage,
					      vma_lock_undo_write, p);
		vma_lock_actor_acted(writer, "attached, idle");
		vma_lock_play_off();
		vma_lock_actor_leave(writer);

		vma_lock_expect_passed(test, p, w);
		KUNIT_EXPECT_TRUE(test, p->looked);
		KUNIT_EXPECT_NULL_MSG(test, p->found,
				      "state %s: lookup: expected refused, found granted",
				      vma_lock_window_names[w]);
		KUNIT_EXPECT_EQ_MSG(test, p->count[w], w == WRITER_ACQUIRE ? VMA_LOCK_FLAG + 1 : 1,
				    "state %s: found count %s", vma_lock_window_names[w],
				    vma_lock_text(p->count[w]).s);
		KUNIT_EXPECT_EQ_MSG(test, p->write_locked[w], w == WRITER_RELEASE,
				    "state %s: expected the VMA %swrite-locked",
				    vma_lock_window_names[w],
				    w == WRITER_RELEASE ? "" : "not yet ");
		KUNIT_EXPECT_EQ_MSG(test, p->trylock[WRITER_ACQUIRE], 0,
				    "state %s: expected lockdep told of a lock that waits, found a trylock",
				    vma_lock_window_names[WRITER_ACQUIRE]);
		VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "unlocked", "start write");
	}
}

static int vma_lock_act_write_again(struct vma_lock_actor *a)
{
	int ret;

	mmap_write_lock(a->vma->vm_mm);
	vma_start_write(a->vma);
	WRITE_ONCE(vma_lock_player, current);
	vma_start_write(a->vma);
	ret = vma_start_write_killable(a->vma);
	WRITE_ONCE(vma_lock_player, NULL);
	return ret;
}

/*
 * All VMAs are unlocked before mmap_lock is: the next writer must find an even
 * sequence, or its own lock looks like this one's.
 */
static void vma_lock_race_unlock_order(struct kunit *test)
{
	struct vma_lock_play p = { };
	struct vma_lock_fixture *f = test->priv;
	unsigned int held;

	mmap_write_lock(f->mm);
	held = f->mm->mm_lock_seq.sequence;
	vma_lock_play_on(f, &p);
	mmap_write_unlock(f->mm);
	vma_lock_play_off();
	KUNIT_EXPECT_TRUE_MSG(test, p.released,
			      "state mmap_lock held: write unlock: expected lockdep told, found it silent");
	KUNIT_EXPECT_EQ_MSG(test, p.released_seq, held + 1,
			    "state about to release mmap_lock: expected mm_lock_seq %u, found %u",
			    held + 1, p.released_seq);
}

static void vma_lock_undo_downgrade_on_stage(struct vma_lock_actor *a)
{
	WRITE_ONCE(vma_lock_player, current);
	mmap_write_downgrade(a->f->mm);
	WRITE_ONCE(vma_lock_player, NULL);
	mmap_read_unlock(a->f->mm);
}

static int vma_lock_act_read_mmap(struct vma_lock_actor *a)
{
	mmap_read_lock(a->f->mm);
	mmap_read_unlock(a->f->mm);
	return 0;
}

/*
 * Let an actor leave on the stage, for which another one waits asleep: the moment in
 * which it is woken is the play.
 */
static void vma_lock_play_wake(struct vma_lock_fixture *f, struct vma_lock_play *p,
			       struct vma_lock_actor *holder, struct vma_lock_actor *waiter,
			       const char *state)
{
	p->waiter = waiter->task;
	vma_lock_play_on(f, p);
	vma_lock_actor_leave(holder);
	vma_lock_actor_acted(waiter, state);
	vma_lock_play_off();
	KUNIT_EXPECT_TRUE_MSG(f->test, p->woken, "state %s: %s: expected it woken, found it asleep",
			      state, waiter->name);
}

/*
 * A downgrade unlocks all VMAs first, too: whoever gets mmap_lock by it, to read,
 * would take an odd sequence for a writer at work. The moment in which they get it is
 * that in which they are woken.
 */
static void vma_lock_race_downgrade_order(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_play *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	struct vma_lock_actor *writer, *reader;
	unsigned int held;

	KUNIT_ASSERT_NOT_NULL(test, p);
	if (!vma_lock_tp_waking)
		kunit_skip(test, "the kernel has no tracepoint sched_waking");
	writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_mmap_lock,
				      vma_lock_undo_downgrade_on_stage, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "mmap_lock free"));
	held = READ_ONCE(f->mm->mm_lock_seq.sequence);
	reader = vma_lock_actor_start(f, "reader", f->vma, vma_lock_act_read_mmap, NULL, NULL);
	vma_lock_waits_for_mmap_lock(reader, "mmap_lock held for write");

	vma_lock_play_wake(f, p, writer, reader, "mmap_lock downgraded");
	KUNIT_EXPECT_EQ_MSG(test, p->woken_seq, held + 1,
			    "state about to let readers of mmap_lock in: expected mm_lock_seq %u, found %u",
			    held + 1, p->woken_seq);
}

static void vma_lock_undo_read_on_stage(struct vma_lock_actor *a)
{
	WRITE_ONCE(vma_lock_player, current);
	vma_lock_undo_read(a);
	WRITE_ONCE(vma_lock_player, NULL);
}

/*
 * The last reader drops the count, and then wakes the writer. The other way round the
 * writer may look too early, find the reader still there, and nobody wakes it again.
 */
static void vma_lock_race_wake_after_drop(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_play *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	struct vma_lock_actor *reader, *writer;

	KUNIT_ASSERT_NOT_NULL(test, p);
	if (!vma_lock_tp_waking)
		kunit_skip(test, "the kernel has no tracepoint sched_waking");
	reader = vma_lock_actor_start(f, "reader", f->vma, vma_lock_act_read,
				      vma_lock_undo_read_on_stage, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(reader, "attached, idle"));
	KUNIT_ASSERT_NOT_NULL(test, reader->locked);
	writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_write,
				      vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_waits(writer, "1 reader"));

	vma_lock_play_wake(f, p, reader, writer, "1 reader, which leaves");
	KUNIT_EXPECT_EQ_MSG(test, p->woken_count, VMA_LOCK_FLAG + 1,
			    "state about to wake the writer: read unlock: expected count FLAG+1, found %s",
			    vma_lock_text(p->woken_count).s);
}

/*
 * Whoever asks for the write lock that it has already is given it for nothing: the
 * readers have been excluded, and are not excluded again.
 */
static void vma_lock_race_write_lock_again(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_play *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	struct vma_lock_actor *writer;

	KUNIT_ASSERT_NOT_NULL(test, p);
	vma_lock_play_on(f, p);
	WRITE_ONCE(vma_lock_player, NULL);
	writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_write_again,
				      vma_lock_undo_write, p);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "attached, idle"));
	vma_lock_play_off();
	KUNIT_EXPECT_EQ(test, writer->ret, 0);
	KUNIT_EXPECT_EQ_MSG(test, p->passed[WRITER_ACQUIRE], 0U,
			    "state write-locked: start write, twice more: expected nothing done, found readers excluded %u times",
			    p->passed[WRITER_ACQUIRE]);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "write-locked", "start write, twice more");
}

/* The other CPU has taken mmap_lock for write since, and let it go. */
static void vma_lock_part_change_mm(struct vma_lock_play *p)
{
	WRITE_ONCE(p->f->mm->mm_lock_seq.sequence, p->f->mm->mm_lock_seq.sequence + 2);
}

/*
 * walk					writer
 * finds the VMA above a hole, count 1 -> 2
 *					maps something into the hole
 * sees that the mm changed, looks again from where it stood
 *
 * What is there must come first, or the walk reports a hole that is none. What
 * the walk cannot see in time is put in place beforehand here: the iterator
 * stands above the first VMA, as if that one had not been there.
 */
static const struct vma_lock_hole {
	const char *name;
	bool held;		/* mmap_lock is held for write from before the walk */
	bool changed;		/* mmap_lock was taken and released meanwhile */
	bool filled;		/* the walk does not see the first VMA */
	unsigned int passes;	/* read locks of the second VMA that it takes */
} vma_lock_holes[] = {
	{ "hole, nothing changed", false, false, false, 1 },
	{ "hole, mm changed elsewhere", false, true, false, 1 },
	{ "hole, mmap_lock held for another VMA", true, false, false, 1 },
	{ "hole filled and mmap_lock released", false, true, true, 1 },
	{ "hole filled with mmap_lock held", true, false, true, 1 },
};

KUNIT_ARRAY_PARAM_DESC(vma_lock_hole, vma_lock_holes, name);

static void vma_lock_race_next_hole(struct kunit *test)
{
	const struct vma_lock_hole *h = test->param_value;
	struct vma_lock_play p = { };
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_fixture above = { .test = test, .mm = f->mm };
	struct vm_area_struct *found, *expected;
	struct vma_lock_lookup l = { };
	unsigned long from = h->filled ? 0 : VMA_LOCK_END;
	struct vma_iterator vmi;
	unsigned int seq;
	int ret;

	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_NEXT, "lock_next_vma()");
	vma_iter_init(&vmi, f->mm, VMA_LOCK_END);
	above.vma = vma_lock_other_vma(f, VMA_LOCK_END + PAGE_SIZE, VMA_LOCK_END + 2 * PAGE_SIZE);
	ret = vma_lock_tree_store(f->mm, above.vma->vm_start, above.vma->vm_end, above.vma);
	KUNIT_ASSERT_EQ(test, ret, 0);
	expected = h->filled ? f->vma : above.vma;

	/*
	 * That mmap_lock is held shows in the sequence, which is all that a walk
	 * looks at unless it must take mmap_lock itself. That is free here.
	 */
	seq = f->mm->mm_lock_seq.sequence;
	if (h->held)
		WRITE_ONCE(f->mm->mm_lock_seq.sequence, seq + 1);
	if (h->changed)
		p.part[READER_ACQUIRE] = vma_lock_part_change_mm;
	vma_lock_play_on(&above, &p);
	found = vma_lock_lookup_next(&l, f, &vmi, from, above.vma, VMA_LOCK_SPIN_DEADLINE);
	vma_lock_play_off();
	if (h->held)
		WRITE_ONCE(f->mm->mm_lock_seq.sequence, seq);
	if (!IS_ERR_OR_NULL(found))
		vma_end_read(found);
	ret = vma_lock_tree_store(f->mm, above.vma->vm_start, above.vma->vm_end, NULL);

	KUNIT_EXPECT_EQ(test, ret, 0);
	vma_lock_expect_passed(test, &p, READER_ACQUIRE);
	KUNIT_EXPECT_PTR_EQ_MSG(test, found, expected,
				"state %s: walk: expected the VMA %s the hole, found another answer",
				h->name, h->filled ? "in" : "above");
	KUNIT_EXPECT_EQ_MSG(test, p.passed[READER_ACQUIRE], h->passes,
			    "state %s: walk: expected %u read lock of the VMA above, found %u: it took mmap_lock without need",
			    h->name, h->passes, p.passed[READER_ACQUIRE]);
	VMA_LOCK_EXPECT_COUNT(test, above.vma, 1, h->name, "walk");
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, h->name, "walk");
	KUNIT_EXPECT_EQ(test, l.rcu_depth, 0);
}

/* The other CPU shrinks the VMA from above, and by the time of the put it is back. */
static void vma_lock_part_shrink(struct vma_lock_play *p)
{
	WRITE_ONCE(p->vma->vm_end, p->new_end);
}

static void vma_lock_part_grow(struct vma_lock_play *p)
{
	WRITE_ONCE(p->vma->vm_end, VMA_LOCK_END);
}

/*
 * The VMA that the walk found ends at or below the position by the time it is
 * locked: the walk has reported that part already. It must not be returned on the
 * strength of this lookup, but be looked up again under mmap_lock.
 */
static const struct vma_lock_shrunk {
	const char *name;
	unsigned int pages;	/* what is left of the VMA */
	unsigned int passes;	/* read locks that the walk takes of it */
} vma_lock_shrunks[] = {
	{ "shrunk behind the position", 1, 2 },
	{ "shrunk to the position", 2, 2 },
	{ "shrunk, but not to the position", 3, 1 },
};

KUNIT_ARRAY_PARAM_DESC(vma_lock_shrunk, vma_lock_shrunks, name);

static void vma_lock_race_next_behind(struct kunit *test)
{
	const struct vma_lock_shrunk *s = test->param_value;
	struct vma_lock_play p = {
		.part[READER_ACQUIRE] = vma_lock_part_shrink,
		.part[READER_RELEASE] = vma_lock_part_grow,
		.new_end = VMA_LOCK_START + s->pages * PAGE_SIZE,
	};
	struct vma_lock_fixture *f = test->priv;
	unsigned long from = VMA_LOCK_START + 2 * PAGE_SIZE;
	unsigned long end = 0, expected = s->passes == 1 ? p.new_end : VMA_LOCK_END;
	struct vma_lock_lookup l = { };
	struct vm_area_struct *found;
	struct vma_iterator vmi;

	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_NEXT, "lock_next_vma()");
	vma_iter_init(&vmi, f->mm, from);
	vma_lock_play_on(f, &p);
	found = vma_lock_lookup_next(&l, f, &vmi, from, f->vma, VMA_LOCK_SPIN_DEADLINE);
	if (!IS_ERR_OR_NULL(found)) {
		end = found->vm_end;
		vma_end_read(found);
	}
	vma_lock_play_off();
	f->vma->vm_end = VMA_LOCK_END;

	vma_lock_expect_passed(test, &p, READER_ACQUIRE);
	KUNIT_EXPECT_PTR_EQ(test, found, f->vma);
	KUNIT_EXPECT_EQ_MSG(test, end, expected,
			    "state %s: walk: expected a VMA that ends at %lx, found one that ends at %lx",
			    s->name, expected, end);
	KUNIT_EXPECT_EQ_MSG(test, p.passed[READER_ACQUIRE], s->passes,
			    "state %s: walk: expected %u read locks, a second one under mmap_lock, found %u",
			    s->name, s->passes, p.passed[READER_ACQUIRE]);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, s->name, "walk");
	KUNIT_EXPECT_EQ(test, l.rcu_depth, 0);
}

/*
 * Detach, with a transient reader. FLAG is in the count before the detacher
 * sleeps, and when lockdep hears that it is over nothing is left of either.
 */
static int vma_lock_act_detach_on_stage(struct vma_lock_actor *a)
{
	WRITE_ONCE(vma_lock_player, current);
	return vma_lock_act_detach(a);
}

static void vma_lock_race_read_while_detaching(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_play *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	struct vma_lock_actor *reader, *detacher;

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->part[WRITER_ACQUIRE] = vma_lock_part_lookup;
	reader = vma_lock_reader(f, "reader");
	vma_lock_play_on(f, p);
	detacher = vma_lock_actor_start(f, "detacher", f->vma, vma_lock_act_detach_on_stage,
					vma_lock_undo_write, p);
	KUNIT_EXPECT_TRUE(test, vma_lock_actor_waits(detacher, "write-locked, 1 transient reader"));
	vma_lock_actor_leave(reader);
	vma_lock_actor_acted(detacher, "detach waits, last reader gone");
	vma_lock_play_off();

	vma_lock_expect_passed(test, p, WRITER_ACQUIRE);
	KUNIT_EXPECT_NULL_MSG(test, p->found,
			      "state detach waits: lookup: expected refused, found granted");
	KUNIT_EXPECT_EQ_MSG(test, p->count[WRITER_ACQUIRE], VMA_LOCK_FLAG + 1,
			    "state write-locked, 1 transient reader: detach: expected count FLAG+1, found %s",
			    vma_lock_text(p->count[WRITER_ACQUIRE]).s);
	vma_lock_expect_passed(test, p, WRITER_RELEASE);
	KUNIT_EXPECT_EQ_MSG(test, p->count[WRITER_RELEASE], 0U,
			    "state %s: detach: expected count 0, found %s",
			    vma_lock_window_names[WRITER_RELEASE],
			    vma_lock_text(p->count[WRITER_RELEASE]).s);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 0, "detach waits for 1 reader", "read unlock");
}

static struct kunit_case vma_lock_race_cases[] = {
	KUNIT_CASE(vma_lock_race_write_lock_after_increment),
	KUNIT_CASE_PARAM(vma_lock_race_refused_reader_wakes, vma_lock_refusal_gen_params),
	KUNIT_CASE(vma_lock_race_recycled_after_increment),
	KUNIT_CASE(vma_lock_race_recycled_before_drop),
	KUNIT_CASE(vma_lock_race_read_while_writer_locks),
	KUNIT_CASE(vma_lock_race_read_while_detaching),
	KUNIT_CASE(vma_lock_race_write_lock_again),
	KUNIT_CASE(vma_lock_race_unlock_order),
	KUNIT_CASE(vma_lock_race_downgrade_order),
	KUNIT_CASE(vma_lock_race_wake_after_drop),
	KUNIT_CASE_PARAM(vma_lock_race_next_hole, vma_lock_hole_gen_params),
	KUNIT_CASE_PARAM(vma_lock_race_next_behind, vma_lock_shrunk_gen_params),
	{}
};

#else /* no lockdep, no windows */

static int vma_lock_race_suite_init(struct kunit_suite *suite)
{
	return 0;
}

static void vma_lock_race_suite_exit(struct kunit_suite *suite)
{
}

static int vma_lock_race_init(struct kunit *test)
{
	return 0;
}

static void vma_lock_race_exit(struct kunit *test)
{
}

/* Not by the suite's name: parsers would take its end for that of the suite. */
static void vma_lock_race_windows(struct kunit *test)
{
	/* The lock tells its steps to lockdep alone. */
	kunit_skip(test, "needs CONFIG_PROVE_LOCKING and tracepoints");
}

static struct kunit_case vma_lock_race_cases[] = {
	KUNIT_CASE(vma_lock_race_windows),
	{}
};

#endif

static struct kunit_suite vma_lock_race_suite = {
	.name = "vma_lock_race",
	.suite_init = vma_lock_race_suite_init,
	.suite_exit = vma_lock_race_suite_exit,
	.init = vma_lock_race_init,
	.exit = vma_lock_race_exit,
	.test_cases = vma_lock_race_cases,
};

kunit_test_suite(vma_lock_race_suite);

MODULE_DESCRIPTION("KUnit tests of the races of the per-VMA lock");
MODULE_LICENSE("GPL");
VMA_LOCK_IMPORT_KUNIT_NS();
