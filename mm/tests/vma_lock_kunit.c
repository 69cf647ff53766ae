// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the per-VMA lock: what every event does to the reference count
 * in each of its states, how a write lock and a detach wait for readers, and
 * the lookup of a VMA under RCU.
 *
 * The contract is the one that include/linux/mm_types.h documents at vm_refcnt
 * and Documentation/mm/process_addrs.rst describes. In the messages FLAG is the
 * bit by which a writer excludes readers (VM_REFCNT_EXCLUDE_READERS_FLAG) and
 * LIMIT the count past which no reader may raise it (VM_REFCNT_LIMIT).
 *
 * No case depends on timing: what must happen is waited for with a deadline, and
 * what must not happen is checked while it is impossible by construction.
 */
#include "vma_lock_fixture.h"

/* For the flags of the cache that VMAs come from. */
#include "../slab.h"

/* What an event may do in a state. */
enum vma_lock_outcome {
	NEVER,		/* cannot happen in this state, or must not be called */
	GRANTED,	/* the reader has the VMA */
	REFUSED,	/* the reader must fall back to mmap_lock */
	RETRIED,	/* detached: the lookup looks the address up again */
	DONE,		/* done without sleeping */
	WOKE,		/* done, and the waiting writer was woken */
	SLEEPS,		/* waits for the readers, with the count as it is meanwhile */
	ASSERTS,	/* forbidden, and the lock complains */
};

enum vma_lock_event {
	LOCKLESS_READ,
	READ_LOCKED,
	READ_UNLOCK,
	START_WRITE,
	ATTACH,
	DETACH,
	VMA_LOCK_COLUMNS,
	/* Variants, which share a column of the table. */
	READ_LOCKED_NESTED = VMA_LOCK_COLUMNS,
	START_WRITE_KILLABLE,
	VMA_LOCK_EVENTS
};

static const struct vma_lock_event_info {
	const char *name;
	enum vma_lock_event column;
	bool writes;	/* by a thread that holds mmap_lock for write */
} vma_lock_event_infos[] = {
	[LOCKLESS_READ]		= { "lockless read", LOCKLESS_READ, false },
	[READ_LOCKED]		= { "read under mmap_lock", READ_LOCKED, false },
	[READ_UNLOCK]		= { "read unlock", READ_UNLOCK, false },
	[START_WRITE]		= { "start write", START_WRITE, true },
	[ATTACH]		= { "attach", ATTACH, true },
	[DETACH]		= { "detach", DETACH, true },
	[READ_LOCKED_NESTED]	= { "read under mmap_lock, nested", READ_LOCKED, false },
	[START_WRITE_KILLABLE]	= { "start write, killable", START_WRITE, true },
};

/*
 * A cell of the table: what happens, and the count afterwards. Of what is forbidden
 * the number of complaints, if there are more than one: the lock's, and besides
 * them that of the count itself, which must not go below 0.
 */
struct vma_lock_cell {
	enum vma_lock_outcome outcome;
	unsigned int count;
};

/*
 * A row: a count, whether the VMA is write-locked besides (vm_lock_seq equal to
 * mm_lock_seq), how many readers hold it, and a cell for every event.
 */
struct vma_lock_state {
	const char *name;
	unsigned int count;
	bool write_locked;
	unsigned int readers;
	struct vma_lock_cell cell[VMA_LOCK_COLUMNS];
};

#define FLAG	VMA_LOCK_FLAG
#define LIMIT	VMA_LOCK_LIMIT

/*
 * The protocol. The columns are the events in the order of vma_lock_event.
 * States with FLAG are put in place by hand, as a writer leaves them that waits
 * (FLAG+1+r for the write lock, FLAG+r for the detach, where r readers are left).
 * What a second write lock does that finds readers is not in the table: see
 * vma_lock_known_wrapped_sequence.
 */
static const struct vma_lock_state vma_lock_states[] = {
	{ "detached", 0, false, 0,
	  { { RETRIED, 0 }, { REFUSED, 0 }, { NEVER }, { DONE, 0 }, { DONE, 1 }, { ASSERTS, 3 } } },
	{ "detached, write-locked", 0, true, 0,
	  { { REFUSED, 0 }, { NEVER }, { NEVER }, { DONE, 0 }, { DONE, 1 }, { ASSERTS, 2 } } },
	{ "attached, idle", 1, false, 0,
	  { { GRANTED, 2 }, { GRANTED, 2 }, { NEVER }, { DONE, 1 }, { ASSERTS }, { ASSERTS } } },
	{ "attached, write-locked", 1, true, 0,
	  { { REFUSED, 1 }, { NEVER }, { NEVER }, { DONE, 1 }, { ASSERTS }, { DONE, 0 } } },
	{ "1 reader", 2, false, 1,
	  { { GRANTED, 3 }, { GRANTED, 3 }, { DONE, 1 },
	    { SLEEPS, FLAG + 2 }, { ASSERTS }, { ASSERTS } } },
	{ "2 readers", 3, false, 2,
	  { { GRANTED, 4 }, { GRANTED, 4 }, { DONE, 2 },
	    { SLEEPS, FLAG + 3 }, { ASSERTS }, { ASSERTS } } },
	{ "write-locked, 1 transient reader", 2, true, 1,
	  { { REFUSED, 2 }, { NEVER }, { DONE, 1 },
	    { NEVER }, { ASSERTS }, { SLEEPS, FLAG + 1 } } },
	{ "write-locked, 2 transient readers", 3, true, 2,
	  { { REFUSED, 3 }, { NEVER }, { DONE, 2 },
	    { NEVER }, { ASSERTS }, { SLEEPS, FLAG + 2 } } },
	{ "one below the limit", LIMIT - 1, false, 1,
	  { { GRANTED, LIMIT }, { GRANTED, LIMIT }, { DONE, LIMIT - 2 },
	    { NEVER }, { ASSERTS }, { NEVER } } },
	{ "at the limit", LIMIT, false, 1,
	  { { REFUSED, LIMIT }, { REFUSED, LIMIT }, { DONE, LIMIT - 1 },
	    { NEVER }, { ASSERTS }, { NEVER } } },
	{ "writer waits for 2 readers", FLAG + 3, false, 2,
	  { { REFUSED, FLAG + 3 }, { REFUSED, FLAG + 3 }, { DONE, FLAG + 2 },
	    { NEVER }, { NEVER }, { NEVER } } },
	{ "writer waits for 1 reader", FLAG + 2, false, 1,
	  { { REFUSED, FLAG + 2 }, { REFUSED, FLAG + 2 }, { WOKE, FLAG + 1 },
	    { NEVER }, { NEVER }, { NEVER } } },
	{ "writer exclusive, or detach waits for 1 reader", FLAG + 1, false, 1,
	  { { REFUSED, FLAG + 1 }, { REFUSED, FLAG + 1 }, { WOKE, FLAG },
	    { NEVER }, { NEVER }, { NEVER } } },
	{ "detach, last reader gone", FLAG, false, 0,
	  { { REFUSED, FLAG }, { REFUSED, FLAG }, { NEVER }, { NEVER }, { NEVER }, { NEVER } } },
};

/* One cell as a test parameter. */
struct vma_lock_transition {
	const struct vma_lock_state *state;
	enum vma_lock_event event;
};

static struct vma_lock_transition vma_lock_transitions[ARRAY_SIZE(vma_lock_states) *
						       VMA_LOCK_EVENTS];

static const struct vma_lock_cell *vma_lock_cell_of(const struct vma_lock_transition *t)
{
	return &t->state->cell[vma_lock_event_infos[t->event].column];
}

/*
 * What is forbidden is played where the complaint can be suppressed and what
 * comes after it does not wait for readers: a detach with readers would.
 */
static bool vma_lock_can_play_forbidden(const struct vma_lock_transition *t)
{
	if (!VMA_LOCK_CAN_SUPPRESS || !IS_ENABLED(CONFIG_DEBUG_VM))
		return false;
	return t->event == ATTACH || (t->event == DETACH && t->state->count == 1);
}

/*
 * The cells that can be played, in the order of the table. KUnit asks for one
 * after the other, beginning with NULL.
 */
static VMA_LOCK_GEN_PARAMS(vma_lock_transition_gen_params, prev, desc)
{
	const struct vma_lock_transition *last = prev;
	unsigned int i = last ? last - vma_lock_transitions + 1 : 0;

	for (; i < ARRAY_SIZE(vma_lock_transitions); i++) {
		struct vma_lock_transition *next = &vma_lock_transitions[i];

		next->state = &vma_lock_states[i / VMA_LOCK_EVENTS];
		next->event = i % VMA_LOCK_EVENTS;
		if (next->event == START_WRITE_KILLABLE && !VMA_LOCK_HAS_KILLABLE)
			continue;
		switch (vma_lock_cell_of(next)->outcome) {
		case NEVER:
			continue;
		case ASSERTS:
			if (!vma_lock_can_play_forbidden(next))
				continue;
			fallthrough;
		default:
			snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s: %s", next->state->name,
				 vma_lock_event_infos[next->event].name);
			return next;
		}
	}
	return NULL;
}

/*
 * The side of a transition that holds mmap_lock for write: it puts the VMA into
 * the state and, if the event is a writer's, performs it.
 */
static int vma_lock_act_transition(struct vma_lock_actor *a)
{
	const struct vma_lock_transition *t = a->arg;
	bool forbidden = vma_lock_cell_of(t)->outcome == ASSERTS;
	struct vm_area_struct *vma = a->vma;
	struct vma_lock_warnings w;
	unsigned long nvcsw;
	int ret = 0;

	mmap_write_lock(vma->vm_mm);
	/* To be attached twice is the one thing wrong with a forbidden attach. */
	if (t->state->write_locked || (forbidden && t->event == ATTACH))
		WRITE_ONCE(vma->vm_lock_seq, vma->vm_mm->mm_lock_seq.sequence);
	if (forbidden)
		vma_lock_warnings_begin(a->f->test, &w);
	nvcsw = current->nvcsw;

	switch (t->event) {
	case START_WRITE:
		vma_start_write(vma);
		break;
	case START_WRITE_KILLABLE:
		ret = vma_start_write_killable(vma);
		break;
	case ATTACH:
		/* Only a write-locked VMA may be attached. */
		if (!t->state->write_locked && !forbidden)
			vma_start_write(vma);
		vma_mark_attached(vma);
		break;
	case DETACH:
		vma_mark_detached(vma);
		break;
	default:
		break;
	}

	a->slept = current->nvcsw - nvcsw;
	return forbidden ? vma_lock_warnings_end(a->f->test, &w) : ret;
}

/*
 * A lookup that looks again for ever must leave as many read sections as it
 * enters, or it ends in a way that no guard can help against. One that is refused
 * at once tells whether it does.
 */
static bool vma_lock_may_look_again(struct vma_lock_fixture *f)
{
	struct vma_lock_lookup l = { .guarded = true };
	unsigned int seq = f->vma->vm_lock_seq;

	WRITE_ONCE(f->vma->vm_lock_seq, f->mm->mm_lock_seq.sequence);
	vma_lock_lookup_at(&l, f->mm, f->vma, VMA_LOCK_START, HZ / 50 + 1);
	WRITE_ONCE(f->vma->vm_lock_seq, seq);
	KUNIT_EXPECT_EQ_MSG(f->test, l.rcu_depth, 0,
			    "state write-locked: lockless read: expected RCU read sections balanced, found %d left",
			    l.rcu_depth);
	return !l.rcu_depth;
}

/* The reader's side of a transition. Return: what happened. */
static enum vma_lock_outcome
vma_lock_play_reader(struct vma_lock_fixture *f, const struct vma_lock_transition *t)
{
	bool retried = vma_lock_cell_of(t)->outcome == RETRIED;
	struct vma_lock_lookup l = { .guarded = true };
	bool granted;

	vma_lock_doing(t->state->name, vma_lock_event_infos[t->event].name);
	switch (t->event) {
	case LOCKLESS_READ:
		/* Only a detached VMA is looked for again, until it is attached. */
		if (retried && !vma_lock_may_look_again(f))
			return REFUSED;
		if (retried) {
			l.release_to = 1;
			vma_lock_lookup_at(&l, f->mm, f->vma, VMA_LOCK_START, HZ / 50 + 1);
		} else {
			vma_lock_lookup_at(&l, f->mm, f->vma, VMA_LOCK_START,
					   VMA_LOCK_SPIN_DEADLINE);
		}
		KUNIT_EXPECT_EQ_MSG(f->test, l.rcu_depth, 0,
				    "state %s: lockless read: expected RCU read sections balanced, found %d left",
				    t->state->name, l.rcu_depth);
		vma_lock_expect_counted(f->test, &l, t->state->name, retried);
		if (l.release_to && l.found) {
			/* Found in its new life: as it was, detached, it was not. */
			vma_end_read(l.found);
			vma_lock_set_count(f->vma, t->state->count);
		}
		if (l.spun)
			return RETRIED;
		return l.found ? GRANTED : REFUSED;
	case READ_LOCKED:
	case READ_LOCKED_NESTED:
		/*
		 * Nobody holds mmap_lock. The trylock is for lockdep's eyes:
		 * this thread may already read-lock the VMA.
		 */
		if (!mmap_read_trylock(f->mm))
			return NEVER;
		if (t->event == READ_LOCKED)
			granted = vma_start_read_locked(f->vma);
		else
			granted = vma_start_read_locked_nested(f->vma, SINGLE_DEPTH_NESTING);
		mmap_read_unlock(f->mm);
		return granted ? GRANTED : REFUSED;
	default:
		return vma_lock_end_read_wakes(f->vma) ? WOKE : DONE;
	}
}

static const char * const vma_lock_outcome_names[] = {
	[NEVER]		= "mmap_lock taken by nobody",
	[GRANTED]	= "granted",
	[REFUSED]	= "refused",
	[RETRIED]	= "looked up again",
	[DONE]		= "done without a sleep or a wake-up",
	[WOKE]		= "done with a wake-up of the writer",
	[SLEEPS]	= "a sleep",
	[ASSERTS]	= "a warning",
};

/*
 * One cell of the table: one state, one event, one outcome, one count. The
 * readers are the case's own, and real, so that lockdep knows them; then the
 * count is set.
 */
static void vma_lock_transition(struct kunit *test)
{
	const struct vma_lock_transition *t = test->param_value;
	const struct vma_lock_event_info *event = &vma_lock_event_infos[t->event];
	const struct vma_lock_cell *cell = vma_lock_cell_of(t);
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *writer = NULL;
	unsigned int held = 0, count, i;
	enum vma_lock_outcome found;

	mmap_read_lock(f->mm);
	for (i = 0; i < t->state->readers; i++)
		held += vma_start_read_locked(f->vma);
	mmap_read_unlock(f->mm);
	KUNIT_EXPECT_EQ_MSG(test, held, t->state->readers,
			    "state attached: read under mmap_lock: expected granted, found refused");
	vma_lock_set_count(f->vma, t->state->count);

	if (t->state->write_locked || event->writes) {
		writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_transition,
					      vma_lock_undo_write, t);
		if (cell->outcome != SLEEPS || !event->writes)
			vma_lock_actor_acted(writer, t->state->name);
		else
			vma_lock_actor_waits(writer, t->state->name);
	}

	if (!event->writes)
		found = vma_lock_play_reader(f, t);
	else if (cell->outcome == SLEEPS)
		found = completion_done(&writer->acted) ? DONE : SLEEPS;
	else if (cell->outcome == ASSERTS)
		found = writer->ret >= max(cell->count, 1U) ? ASSERTS : DONE;
	else
		found = writer->slept ? SLEEPS : DONE;

	KUNIT_EXPECT_EQ_MSG(test, found, cell->outcome, "state %s: %s: expected %s, found %s",
			    t->state->name, event->name,
			    vma_lock_outcome_names[cell->outcome], vma_lock_outcome_names[found]);
	if (cell->outcome != ASSERTS)
		VMA_LOCK_EXPECT_COUNT(test, f->vma, cell->count, t->state->name, event->name);
	if (cell->outcome == DONE && event->writes) {
		KUNIT_EXPECT_EQ_MSG(test, writer->ret, 0, "state %s: %s: expected 0, found %d",
				    t->state->name, event->name, writer->ret);
		KUNIT_EXPECT_TRUE_MSG(test, vma_lock_is_write_locked(f->vma),
				      "state %s: %s: expected the VMA write-locked, found it not",
				      t->state->name, event->name);
	}

	/* A writer that sleeps is through when the last of them has gone, and not before. */
	if (cell->outcome == SLEEPS) {
		while (held--)
			vma_end_read(f->vma);
		count = t->event == DETACH ? 0 : 1;
		vma_lock_actor_acted(writer, t->state->name);
		VMA_LOCK_EXPECT_COUNT(test, f->vma, count, t->state->name, "last read unlock");
		KUNIT_EXPECT_EQ(test, writer->ret, 0);
		KUNIT_EXPECT_TRUE_MSG(test, vma_lock_is_write_locked(f->vma),
				      "state %s: %s: expected the VMA write-locked, found it not",
				      t->state->name, event->name);
		vma_lock_set_count(f->vma, 1);
		return;
	}

	/* Out of the state again, in the way that suits the readers there are. */
	if (found == GRANTED)
		held++;
	if (t->event == READ_UNLOCK)
		held--;
	vma_lock_set_count(f->vma, 1 + held);
	while (held--)
		vma_end_read(f->vma);
}

/*
 * The pure question behind every wake-up: does this count say that readers are
 * excluded and none but the writer is left?
 */
static const struct vma_lock_predicate {
	const char *name;
	unsigned int count;
	bool excluded;
} vma_lock_predicates[] = {
	{ "detached", 0, false },
	{ "attached", 1, false },
	{ "1 reader", 2, false },
	{ "one below the limit", LIMIT - 1, false },
	{ "at the limit", LIMIT, false },
	{ "detach, last reader gone", FLAG, true },
	{ "write lock, last reader gone", FLAG + 1, true },
	{ "writer waits for 1 reader", FLAG + 2, false },
	{ "writer waits for many readers", FLAG + 1000, false },
	{ "writer waits, at the limit", FLAG | LIMIT, false },
};

KUNIT_ARRAY_PARAM_DESC(vma_lock_predicate, vma_lock_predicates, name);

static void vma_lock_readers_excluded(struct kunit *test)
{
	const struct vma_lock_predicate *p = test->param_value;
	bool found = vma_lock_are_readers_excluded(p->count);

	KUNIT_EXPECT_EQ_MSG(test, found, p->excluded,
			    "state count %s: expected readers %sexcluded, found them %sexcluded",
			    vma_lock_text(p->count).s, p->excluded ? "" : "not ",
			    found ? "" : "not ");
}

/* A VMA that was just initialised is detached, and locked by nobody. */
static void vma_lock_init_is_detached(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;

	vma_lock_set_count(f->vma, 1);
	f->vma->vm_lock_seq = 0;
	vma_lock_init(f->vma, true);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 0, "new", "vma_lock_init(reset)");
	KUNIT_EXPECT_EQ_MSG(test, f->vma->vm_lock_seq, UINT_MAX,
			    "state new: vma_lock_init(reset): expected vm_lock_seq UINT_MAX, found %u",
			    f->vma->vm_lock_seq);

	/* An object of a typesafe cache keeps its count while readers may look. */
	vma_lock_set_count(f->vma, 1);
	vma_lock_init(f->vma, false);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "recycled", "vma_lock_init(no reset)");
}

/* How mmap_lock can be taken for write, and let go again. */
enum vma_lock_mmap_way {
	PLAIN,
	NESTED,
	KILLABLE,
	DOWNGRADED,
};

static const struct vma_lock_mmap_param {
	const char *name;
	enum vma_lock_mmap_way way;
} vma_lock_mmap_params[] = {
	{ "mmap_write_lock", PLAIN },
	{ "mmap_write_lock_nested", NESTED },
	{ "mmap_write_lock_killable", KILLABLE },
	{ "mmap_write_downgrade", DOWNGRADED },
};

KUNIT_ARRAY_PARAM_DESC(vma_lock_mmap, vma_lock_mmap_params, name);

/*
 * mm_lock_seq is odd while mmap_lock is held for write, and moves on with every
 * unlock or downgrade: that is what unlocks all VMAs of the mm, and what a
 * speculating reader compares.
 */
static void vma_lock_mm_sequence(struct kunit *test)
{
	const struct vma_lock_mmap_param *p = test->param_value;
	struct vma_lock_fixture *f = test->priv;
	unsigned int before, held, after, seq = 0, held_seq = 0;
	bool begun, begun_held, unchanged, changed;
	int ret = 0;

	before = f->mm->mm_lock_seq.sequence;
	begun = mmap_lock_speculate_try_begin(f->mm, &seq);
	unchanged = begun && !mmap_lock_speculate_retry(f->mm, seq);

	switch (p->way) {
	case NESTED:
		mmap_write_lock_nested(f->mm, SINGLE_DEPTH_NESTING);
		break;
	case KILLABLE:
		ret = mmap_write_lock_killable(f->mm);
		break;
	default:
		mmap_write_lock(f->mm);
	}
	held = f->mm->mm_lock_seq.sequence;
	begun_held = mmap_lock_speculate_try_begin(f->mm, &held_seq);
	if (p->way == DOWNGRADED) {
		mmap_write_downgrade(f->mm);
		after = f->mm->mm_lock_seq.sequence;
		mmap_read_unlock(f->mm);
	} else if (!ret) {
		mmap_write_unlock(f->mm);
		after = f->mm->mm_lock_seq.sequence;
	}
	changed = mmap_lock_speculate_retry(f->mm, seq);

	KUNIT_ASSERT_EQ(test, ret, 0);
	KUNIT_EXPECT_EQ_MSG(test, before & 1, 0U,
			    "state mmap_lock free: expected mm_lock_seq even, found %u", before);
	KUNIT_EXPECT_EQ_MSG(test, held, before + 1,
			    "state mmap_lock free: %s: expected mm_lock_seq %u, found %u",
			    p->name, before + 1, held);
	KUNIT_EXPECT_EQ_MSG(test, after, before + 2,
			    "state mmap_lock held: %s: expected mm_lock_seq %u, found %u",
			    p->way == DOWNGRADED ? "downgrade" : "write unlock",
			    before + 2, after);
	if (!VMA_LOCK_HAS_SPECULATION)
		return;
	KUNIT_EXPECT_TRUE_MSG(test, begun,
			      "state mmap_lock free: speculation: expected to begin, found refused");
	KUNIT_EXPECT_TRUE_MSG(test, unchanged,
			      "state mmap_lock free: speculation: expected valid, found to be retried");
	KUNIT_EXPECT_FALSE_MSG(test, begun_held,
			       "state mmap_lock held for write: speculation: expected refused, found begun");
	KUNIT_EXPECT_TRUE_MSG(test, changed,
			      "state mmap_lock written since: speculation: expected to be retried, found valid");
}

/* Ask for mmap_lock, which another actor holds, with a fatal signal pending. */
static int vma_lock_act_mmap_killed(struct vma_lock_actor *a)
{
	int ret;

	send_sig(SIGKILL, current, 1);
	ret = mmap_write_lock_killable(a->vma->vm_mm);
	flush_signals(current);
	return ret;
}

static void vma_lock_undo_mmap_killed(struct vma_lock_actor *a)
{
	if (!a->ret)
		mmap_write_unlock(a->vma->vm_mm);
}

/* A lock that was not obtained must not look like one: the sequence stays. */
static void vma_lock_mm_sequence_killed(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *holder, *waiter;
	unsigned int held, found;

	holder = vma_lock_actor_start(f, "holder", f->vma, vma_lock_act_write,
				      vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(holder, "attached, idle"));
	held = f->mm->mm_lock_seq.sequence;

	waiter = vma_lock_actor_start(f, "waiter", f->vma, vma_lock_act_mmap_killed,
				      vma_lock_undo_mmap_killed, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(waiter, "mmap_lock held, waiter killed"));
	KUNIT_EXPECT_EQ_MSG(test, waiter->ret, -EINTR,
			    "state mmap_lock held: killed waiter: expected -EINTR, found %d",
			    waiter->ret);
	found = f->mm->mm_lock_seq.sequence;
	KUNIT_EXPECT_EQ_MSG(test, found, held,
			    "state mmap_lock held: killed waiter: expected mm_lock_seq %u, found %u",
			    held, found);
}

/* Take mmap_lock, which another actor holds. */
static int vma_lock_act_mmap_way(struct vma_lock_actor *a)
{
	const struct vma_lock_mmap_param *p = a->arg;

	switch (p->way) {
	case NESTED:
		mmap_write_lock_nested(a->f->mm, SINGLE_DEPTH_NESTING);
		return 0;
	case KILLABLE:
		return mmap_write_lock_killable(a->f->mm);
	default:
		mmap_write_lock(a->f->mm);
		return 0;
	}
}

/* Who waits for mmap_lock does not have it: the sequence is the holder's. */
static void vma_lock_mm_sequence_waits(struct kunit *test)
{
	const struct vma_lock_mmap_param *p = test->param_value;
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *holder, *waiter;
	unsigned int held, found;

	holder = vma_lock_actor_start(f, "holder", f->vma, vma_lock_act_write,
				      vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(holder, "attached, idle"));
	held = f->mm->mm_lock_seq.sequence;
	waiter = vma_lock_actor_start(f, p->name, f->vma, vma_lock_act_mmap_way,
				      vma_lock_undo_write, p);
	vma_lock_waits_for_mmap_lock(waiter, "mmap_lock held");
	found = READ_ONCE(f->mm->mm_lock_seq.sequence);
	KUNIT_EXPECT_EQ_MSG(test, found, held,
			    "state mmap_lock held: %s waits: expected mm_lock_seq %u, found %u",
			    p->name, held, found);
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "write-locked, another writer waits");

	vma_lock_actor_leave(holder);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(waiter, "mmap_lock released"));
	KUNIT_EXPECT_EQ(test, waiter->ret, 0);
	found = READ_ONCE(f->mm->mm_lock_seq.sequence);
	KUNIT_EXPECT_EQ_MSG(test, found, held + 2,
			    "state mmap_lock released: %s: expected mm_lock_seq %u, found %u",
			    p->name, held + 2, found);
}

/* The write lock lasts until mmap_lock is released, and not a moment longer. */
static void vma_lock_unlock_all(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *writer;

	writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_write,
				      vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "attached, idle"));
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "attached, idle", "start write");
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "write-locked");

	vma_lock_actor_leave(writer);
	vma_lock_expect_lookup(f, VMA_LOCK_START, f->vma, "unlocked with mmap_lock");
}

/*
 * A writer that meets readers announces itself, which turns new readers away,
 * and sleeps until the last one has gone. That one wakes it.
 */
static void vma_lock_wait_write(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *first, *second, *writer;

	first = vma_lock_reader(f, "reader1");
	second = vma_lock_reader(f, "reader2");
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 3, "2 readers", "read under mmap_lock");

	writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_write,
				      vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_waits(writer, "2 readers"));
	VMA_LOCK_EXPECT_COUNT(test, f->vma, FLAG + 3, "2 readers", "start write");
	KUNIT_EXPECT_FALSE_MSG(test, vma_lock_is_write_locked(f->vma),
			       "state 2 readers: start write: expected not write-locked yet, found it so");
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "writer waits for 2 readers");

	/* A wake-up says nothing: the writer looks at the count, and sleeps on. */
	rcuwait_wake_up(&f->mm->vma_writer_wait);
	KUNIT_EXPECT_TRUE(test, vma_lock_actor_waits(writer, "writer woken, 2 readers"));
	VMA_LOCK_EXPECT_COUNT(test, f->vma, FLAG + 3, "writer waits for 2 readers", "wake-up");

	vma_lock_actor_leave(first);
	KUNIT_EXPECT_TRUE(test, vma_lock_actor_waits(writer, "writer waits for 1 reader"));
	VMA_LOCK_EXPECT_COUNT(test, f->vma, FLAG + 2, "writer waits for 2 readers", "read unlock");
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "writer waits for 1 reader");

	vma_lock_actor_leave(second);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "writer waits, last reader gone"));
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "writer waits for 1 reader", "read unlock");
	KUNIT_EXPECT_TRUE_MSG(test, vma_lock_is_write_locked(f->vma),
			      "state writer waits, last reader gone: expected write-locked, found it not");
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "write-locked after a wait");
}

/*
 * Readers leave in every order; the writer goes with the last one and is woken by
 * no other. Three readers have six orders, one a parameter.
 */
static const struct vma_lock_order {
	const char *name;
	unsigned char nth[3];
} vma_lock_orders[] = {
	{ "1 2 3", { 0, 1, 2 } }, { "1 3 2", { 0, 2, 1 } }, { "2 1 3", { 1, 0, 2 } },
	{ "2 3 1", { 1, 2, 0 } }, { "3 1 2", { 2, 0, 1 } }, { "3 2 1", { 2, 1, 0 } },
};

KUNIT_ARRAY_PARAM_DESC(vma_lock_order, vma_lock_orders, name);

static void vma_lock_wait_readers_leave(struct kunit *test)
{
	static const char * const names[] = { "reader1", "reader2", "reader3" };
	const struct vma_lock_order *order = test->param_value;
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *readers[3], *writer;
	int i;

	for (i = 0; i < 3; i++)
		readers[i] = vma_lock_reader(f, names[i]);
	writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_write,
				      vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_waits(writer, "3 readers"));

	for (i = 0; i < 3; i++) {
		VMA_LOCK_EXPECT_COUNT(test, f->vma, FLAG + 4 - i, "3 readers", "read unlock");
		KUNIT_EXPECT_FALSE_MSG(test, completion_done(&writer->acted),
				       "state %d readers left: expected the writer asleep, found it through",
				       3 - i);
		vma_lock_actor_leave(readers[order->nth[i]]);
	}
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "writer waits, last reader gone"));
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "writer waits for 1 reader", "read unlock");
	KUNIT_EXPECT_EQ_MSG(test, writer->slept, 1UL,
			    "state 3 readers: start write: expected 1 sleep, found %lu: woken by a reader that was not the last",
			    writer->slept);
}

/* A killed writer leaves the VMA as if it had never come. */
static void vma_lock_wait_killed(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *reader, *writer;
	unsigned int seq = f->vma->vm_lock_seq;

	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_KILLABLE, "vma_start_write_killable()");
	reader = vma_lock_reader(f, "reader");
	writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_write_killable,
				      vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_waits(writer, "1 reader"));
	VMA_LOCK_EXPECT_COUNT(test, f->vma, FLAG + 2, "1 reader", "start write, killable");

	send_sig(SIGKILL, writer->task, 1);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "killable writer waits, killed"));
	KUNIT_EXPECT_EQ_MSG(test, writer->ret, -EINTR,
			    "state killable writer waits: SIGKILL: expected -EINTR, found %d",
			    writer->ret);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 2, "killable writer waits", "SIGKILL");
	KUNIT_EXPECT_EQ_MSG(test, f->vma->vm_lock_seq, seq,
			    "state killable writer waits: SIGKILL: expected vm_lock_seq %u, found %u",
			    seq, f->vma->vm_lock_seq);

	/* The reader still has it, and others may join. */
	vma_lock_actor_leave(writer);
	vma_lock_expect_lookup(f, VMA_LOCK_START, f->vma, "killable writer gone");
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 2, "killable writer gone", "lookup");
	vma_lock_actor_leave(reader);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "1 reader", "read unlock");
}

/* A signal that does not kill does not end the wait either. */
static void vma_lock_wait_signalled(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *reader, *writer;

	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_KILLABLE, "vma_start_write_killable()");
	reader = vma_lock_reader(f, "reader");
	writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_write_killable,
				      vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_waits(writer, "1 reader"));
	send_sig(SIGUSR1, writer->task, 1);
	KUNIT_EXPECT_TRUE(test, vma_lock_actor_waits(writer, "killable writer waits, SIGUSR1"));
	VMA_LOCK_EXPECT_COUNT(test, f->vma, FLAG + 2, "killable writer waits", "SIGUSR1");

	vma_lock_actor_leave(reader);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "killable writer, last reader gone"));
	KUNIT_EXPECT_EQ_MSG(test, writer->ret, 0,
			    "state killable writer waits, SIGUSR1 pending: read unlock: expected 0, found %d",
			    writer->ret);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "killable writer waits", "read unlock");
	KUNIT_EXPECT_TRUE_MSG(test, vma_lock_is_write_locked(f->vma),
			      "state killable writer, last reader gone: expected write-locked, found it not");
}

/* Killed before it comes to the lock, with nobody to wait for: it may have it. */
static int vma_lock_act_write_killed_before(struct vma_lock_actor *a)
{
	send_sig(SIGKILL, current, 1);
	return vma_lock_act_write_killable(a);
}

static void vma_lock_killed_before_wait(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *reader, *writer;

	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_KILLABLE, "vma_start_write_killable()");
	writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_write_killed_before,
				      vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "attached, idle, writer killed"));
	KUNIT_EXPECT_EQ_MSG(test, writer->ret, 0,
			    "state attached, idle: start write, killed before: expected 0, found %d",
			    writer->ret);
	KUNIT_EXPECT_TRUE_MSG(test, vma_lock_is_write_locked(f->vma),
			      "state attached, idle: start write, killed before: expected write-locked, found it not");
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "attached, idle", "start write, killed before");
	vma_lock_actor_leave(writer);

	/* With a reader in the way it gives up instead of going to sleep. */
	reader = vma_lock_reader(f, "reader");
	writer = vma_lock_actor_start(f, "writer2", f->vma, vma_lock_act_write_killed_before,
				      vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "1 reader, writer killed"));
	KUNIT_EXPECT_EQ_MSG(test, writer->ret, -EINTR,
			    "state 1 reader: start write, killed before: expected -EINTR, found %d",
			    writer->ret);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 2, "1 reader", "start write, killed before");
	KUNIT_EXPECT_EQ_MSG(test, writer->slept, 0UL,
			    "state 1 reader: start write, killed before: expected no sleep, found %lu",
			    writer->slept);
	vma_lock_actor_leave(writer);
	vma_lock_actor_leave(reader);
}

/* The plain write lock does not listen to signals: its callers could not undo. */
static void vma_lock_wait_unkillable(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *reader, *writer;

	reader = vma_lock_reader(f, "reader");
	writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_write,
				      vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_waits(writer, "1 reader"));
	send_sig(SIGKILL, writer->task, 1);
	KUNIT_EXPECT_TRUE(test, vma_lock_actor_waits(writer, "writer waits, SIGKILL pending"));
	VMA_LOCK_EXPECT_COUNT(test, f->vma, FLAG + 2, "writer waits", "SIGKILL");
	KUNIT_EXPECT_FALSE_MSG(test, READ_ONCE(writer->task->__state) & TASK_WAKEKILL,
			       "state writer waits: expected an uninterruptible sleep, found a killable one");

	vma_lock_actor_leave(reader);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "writer waits, last reader gone"));
	KUNIT_EXPECT_TRUE_MSG(test, vma_lock_is_write_locked(f->vma),
			      "state writer waits, last reader gone: expected write-locked, found it not");
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "writer waits for 1 reader", "read unlock");
}

/*
 * A detach meets readers that took a reference and have not noticed the write
 * lock yet. It returns only when the last of them has gone: whoever frees or
 * recycles the VMA next must find the count at 0, for good.
 */
static void vma_lock_wait_detach(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *first, *second, *detacher;

	first = vma_lock_reader(f, "reader1");
	second = vma_lock_reader(f, "reader2");

	detacher = vma_lock_actor_start(f, "detacher", f->vma, vma_lock_act_detach,
					vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_waits(detacher,
						     "write-locked, 2 transient readers"));
	VMA_LOCK_EXPECT_COUNT(test, f->vma, FLAG + 2,
			      "write-locked, 2 transient readers", "detach");

	/* Whoever is told to free the VMA cannot be told that it is not free yet. */
	send_sig(SIGKILL, detacher->task, 1);
	KUNIT_EXPECT_TRUE(test, vma_lock_actor_waits(detacher, "detach waits, SIGKILL pending"));
	KUNIT_EXPECT_FALSE_MSG(test, READ_ONCE(detacher->task->__state) & TASK_WAKEKILL,
			       "state detach waits: expected an uninterruptible sleep, found a killable one");

	/* One early wake-up is allowed here; a return is not. */
	vma_lock_actor_leave(first);
	KUNIT_EXPECT_TRUE(test, vma_lock_actor_waits(detacher, "detach waits for 1 reader"));
	VMA_LOCK_EXPECT_COUNT(test, f->vma, FLAG + 1, "detach waits for 2 readers", "read unlock");
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "detach waits for 1 reader");

	vma_lock_actor_leave(second);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(detacher, "detach waits, last reader gone"));
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 0, "detach waits for 1 reader", "read unlock");
}

#if VMA_LOCK_IS_OF_7_X
/* The second half of a detach, in which it waits. */
static int vma_lock_act_detach_wait(struct vma_lock_actor *a)
{
	unsigned long nvcsw;

	mmap_write_lock(a->vma->vm_mm);
	nvcsw = current->nvcsw;
	__vma_exclude_readers_for_detach(a->vma);
	a->slept = current->nvcsw - nvcsw;
	return 0;
}

/*
 * The transient reader that the detach saw may be gone before it is waited for.
 * The VMA is detached then, and the detach has nothing to wait for.
 */
static void vma_lock_detach_reader_gone(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *detacher;

	vma_lock_set_count(f->vma, 0);
	detacher = vma_lock_actor_start(f, "detacher", f->vma, vma_lock_act_detach_wait,
					vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(detacher, "detach, reader gone by itself"));
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 0, "detach, reader gone by itself", "wait for readers");
	vma_lock_set_count(f->vma, 1);
	KUNIT_EXPECT_EQ_MSG(test, detacher->slept, 0UL,
			    "state detach, reader gone by itself: wait for readers: expected no sleep, found %lu",
			    detacher->slept);
}
#else
static void vma_lock_detach_reader_gone(struct kunit *test)
{
	kunit_skip(test, "this kernel does not wait in a function of its own");
}
#endif

/*
 * The lookup found a VMA of this mm, but the VMA was changed before it was
 * locked, and no longer covers the address.
 */
static void vma_lock_lookup_other_range(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;

	f->vma->vm_start = VMA_LOCK_START + PAGE_SIZE;
	f->vma->vm_end = VMA_LOCK_END - PAGE_SIZE;

	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "VMA begins above the address");
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "VMA begins above the address", "lookup");
	vma_lock_expect_lookup(f, VMA_LOCK_END - PAGE_SIZE, NULL, "VMA ends at the address");
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "VMA ends at the address", "lookup");

	vma_lock_expect_lookup(f, VMA_LOCK_START + PAGE_SIZE, f->vma, "first page of the VMA");
	vma_lock_expect_lookup(f, VMA_LOCK_END - PAGE_SIZE - 1, f->vma, "last byte of the VMA");
}

/*
 * VMAs are recycled under RCU: what the lookup found may belong to another mm by
 * the time its count is raised. That one is let go, and its mm outlives the
 * wake-up that letting it go may need.
 */
static void vma_lock_lookup_other_mm(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_fixture *other = vma_lock_fixture_create(test);
	int references = atomic_read(&other->mm->mm_count);

	f->vma->vm_mm = other->mm;
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "VMA of another mm");
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "VMA of another mm", "lookup");
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&other->mm->mm_count), references,
			    "state VMA of another mm: lookup: expected references to that mm %d, found %d",
			    references, atomic_read(&other->mm->mm_count));
	f->vma->vm_mm = f->mm;
	vma_lock_expect_lookup(f, VMA_LOCK_START, f->vma, "VMA of this mm");
}

/* A lookup, and what takes the place of the end of the VMA meanwhile. */
struct vma_lock_replaced {
	struct vma_lock_lookup l;
	struct vm_area_struct *tail;
};

/*
 * Once the lookup is at the VMA, give the end of its range to another VMA, and wait
 * until the node that the lookup has found it in is freed.
 */
static int vma_lock_act_replace(struct vma_lock_actor *a)
{
	struct vma_lock_replaced *r = (struct vma_lock_replaced *)a->arg;
	long aborted, before, missed;
	int ret;

	vma_lock_lookups(&aborted, &before);
	complete(&a->f->ready);
	vma_lock_becomes((vma_lock_lookups(&aborted, &missed), missed != before) ||
			 READ_ONCE(r->l.spun));
	ret = vma_lock_tree_store(a->f->mm, r->tail->vm_start, r->tail->vm_end, r->tail);
	rcu_barrier();
	return missed == before ? -ETIME : ret;
}

/*
 * A lookup that met a detached VMA looks again for its address, in the tree as it
 * is then: it has left its RCU read section, and what it held of the tree may be
 * free. One that goes on from where the first walk ended is told by where that was:
 * at the beginning of the VMA that it met, where no other has come.
 */
static void vma_lock_lookup_tree_changed(struct kunit *test)
{
	struct vma_lock_replaced *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	static const char state[] = "detached, then its end replaced";
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *replacer;
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, r);
	if (!VMA_LOCK_COUNTS_LOOKUPS)
		kunit_skip(test, "needs CONFIG_PER_VMA_LOCK_STATS, and the suite built in");
	if (num_online_cpus() < 2)
		kunit_skip(test, "needs a second CPU, on which the tree changes");
	r->tail = vma_lock_other_vma(f, VMA_LOCK_END - PAGE_SIZE, VMA_LOCK_END);
	replacer = vma_lock_actor_start(f, "replacer", f->vma, vma_lock_act_replace, NULL, r);
	KUNIT_ASSERT_TRUE(test, wait_for_completion_timeout(&f->ready, VMA_LOCK_DEADLINE));

	vma_lock_doing(state, "lookup");
	vma_lock_set_count(f->vma, 0);
	vma_lock_lookup_at(&r->l, f->mm, f->vma, r->tail->vm_start, VMA_LOCK_DEADLINE);
	vma_lock_set_count(f->vma, 1);
	if (r->l.found)
		vma_end_read(r->l.found);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(replacer, "detached"));
	ret = vma_lock_tree_store(f->mm, VMA_LOCK_START, VMA_LOCK_END, f->vma);
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_EQ(test, replacer->ret, 0);
	KUNIT_EXPECT_FALSE_MSG(test, r->l.spun,
			       "state %s: lookup: expected an end, found it looking for ever",
			       state);
	KUNIT_EXPECT_PTR_EQ_MSG(test, r->l.found, r->tail,
				"state %s: lookup: expected the VMA that came there, found %s",
				state, !r->l.found ? "none" : "another");
	KUNIT_EXPECT_EQ(test, r->l.rcu_depth, 0);
	vma_lock_expect_counted(test, &r->l, state, true);
}

/* The lookup on a mapping that the kernel itself made, split and unmapped. */
static void vma_lock_lookup_mapping(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vm_area_struct *vma, *tail;
	unsigned long addr = vma_lock_map(f, 3);
	int ret;

	vma = vma_lock_find(f, addr);
	KUNIT_ASSERT_NOT_NULL(test, vma);
	VMA_LOCK_EXPECT_COUNT(test, vma, 1, "mapped", "mmap");
	vma_lock_expect_lookup(f, addr, vma, "first byte of a mapping");
	vma_lock_expect_lookup(f, addr + 3 * PAGE_SIZE - 1, vma, "last byte of a mapping");
	vma_lock_expect_lookup(f, addr + 3 * PAGE_SIZE, NULL, "nothing mapped");
	VMA_LOCK_EXPECT_COUNT(test, vma, 1, "mapped", "lookup");

	ret = vma_lock_unmap(f, addr + PAGE_SIZE, 1);
	KUNIT_ASSERT_EQ(test, ret, 0);
	vma = vma_lock_find(f, addr);
	tail = vma_lock_find(f, addr + 2 * PAGE_SIZE);
	VMA_LOCK_EXPECT_COUNT(test, vma, 1, "mapped", "split by munmap");
	VMA_LOCK_EXPECT_COUNT(test, tail, 1, "mapped", "split by munmap");
	vma_lock_expect_lookup(f, addr, vma, "below an unmapped page");
	vma_lock_expect_lookup(f, addr + PAGE_SIZE, NULL, "unmapped page");
	vma_lock_expect_lookup(f, addr + 2 * PAGE_SIZE, tail, "above an unmapped page");

	ret = vma_lock_unmap(f, addr + 2 * PAGE_SIZE, 1);
	KUNIT_ASSERT_EQ(test, ret, 0);
	vma_lock_expect_lookup(f, addr + 2 * PAGE_SIZE, NULL, "unmapped as a whole");
}

/*
 * A copy of a VMA, as split and fork make it, has a lock of its own: detached,
 * unlocked, whatever readers the source has.
 */
static void vma_lock_dup_is_detached(struct kunit *test)
{
#ifdef MODULE
	kunit_skip(test, "vm_area_dup() is not exported to modules");
#else
	struct vma_lock_fixture *f = test->priv;
	struct vm_area_struct *vma, *copy;
	unsigned int count, seq;
	unsigned long addr = vma_lock_map(f, 1);
	struct vma_lock_actor *reader;

	vma = vma_lock_find(f, addr);
	reader = vma_lock_reader_of(f, "reader", vma);
	VMA_LOCK_EXPECT_COUNT(test, vma, 2, "attached, idle", "read under mmap_lock");

	mmap_write_lock(f->mm);
	copy = vm_area_dup(vma);
	mmap_write_unlock(f->mm);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	count = vma_lock_count(copy);
	seq = copy->vm_lock_seq;
	vma_lock_set_count(copy, 0);
	vm_area_free(copy);

	KUNIT_EXPECT_EQ_MSG(test, count, 0U,
			    "state 1 reader: vm_area_dup(): expected the copy's count 0, found %s",
			    vma_lock_text(count).s);
	KUNIT_EXPECT_EQ_MSG(test, seq, UINT_MAX,
			    "state 1 reader: vm_area_dup(): expected the copy's vm_lock_seq UINT_MAX, found %u",
			    seq);
	VMA_LOCK_EXPECT_COUNT(test, vma, 2, "1 reader", "vm_area_dup()");
	vma_lock_actor_leave(reader);
#endif
}

/*
 * Free a VMA that is attached, which is forbidden: a reader may still come to it.
 * What is freed so is found in the next allocation, as an object that readers may
 * be looking at would be.
 */
static void vma_lock_free_attached(struct mm_struct *mm)
{
#ifndef MODULE
	struct vm_area_struct *vma = vm_area_alloc(mm);

	if (!vma)
		return;
	vma_lock_set_count(vma, 3);
	vma->vm_lock_seq = 1;
	vm_area_free(vma);
#endif
}

/*
 * Whatever life the object had before, a new VMA and a copy start detached and
 * unlocked.
 */
#ifndef MODULE
static int vma_lock_act_allocate(struct vma_lock_actor *a)
{
	struct vm_area_struct **vma = (struct vm_area_struct **)a->arg;
	struct vma_lock_warnings w;
	int warnings;

	vma_lock_warnings_begin(a->f->test, &w);
	vma_lock_free_attached(a->f->mm);
	vma[0] = vm_area_alloc(a->f->mm);
	vma_lock_free_attached(a->f->mm);
	mmap_write_lock(a->f->mm);
	vma[1] = vm_area_dup(a->vma);
	mmap_write_unlock(a->f->mm);
	warnings = vma_lock_warnings_end(a->f->test, &w);
	return vma[0] && vma[1] ? warnings : -ENOMEM;
}
#endif

static void vma_lock_new_is_detached(struct kunit *test)
{
#ifdef MODULE
	kunit_skip(test, "vm_area_alloc() is not exported to modules");
#else
	static const char * const names[] = { "vm_area_alloc()", "vm_area_dup()" };
	struct vm_area_struct **vma = kunit_kcalloc(test, 2, sizeof(*vma), GFP_KERNEL);
	struct vma_lock_fixture *f = test->priv;
	struct vm_area_struct *source;
	struct vma_lock_actor *a;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, vma);
	if (!VMA_LOCK_CAN_SUPPRESS)
		kunit_skip(test, "needs warnings that can be suppressed");
	source = vma_lock_find(f, vma_lock_map(f, 1));
	a = vma_lock_actor_start(f, "allocator", source, vma_lock_act_allocate, NULL, vma);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(a, "attached VMAs freed"));
	KUNIT_ASSERT_GE(test, a->ret, 0);
	for (i = 0; i < 2; i++) {
		unsigned int count = vma_lock_count(vma[i]), seq = vma[i]->vm_lock_seq;

		vma_lock_set_count(vma[i], 0);
		vm_area_free(vma[i]);
		KUNIT_EXPECT_EQ_MSG(test, count, 0U,
				    "state recycled: %s: expected count 0, found %s", names[i],
				    vma_lock_text(count).s);
		KUNIT_EXPECT_EQ_MSG(test, seq, UINT_MAX,
				    "state recycled: %s: expected vm_lock_seq UINT_MAX, found %u",
				    names[i], seq);
	}
#endif
}

/*
 * A lookup raises the count of an object that may be free by then: the page it
 * lies in must not go before the grace period is over.
 */
static void vma_lock_cache_is_typesafe(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	unsigned long addr = vma_lock_map(f, 1);
	struct vm_area_struct *vma;
	struct slab *slab;

	VMA_LOCK_NEEDS(test, VMA_LOCK_IS_TYPESAFE, "VMAs that are recycled under RCU");
	mmap_read_lock(f->mm);
	vma = find_vma(f->mm, addr);
	slab = virt_to_slab(vma);
	mmap_read_unlock(f->mm);
	KUNIT_ASSERT_NOT_NULL(test, slab);
	KUNIT_EXPECT_TRUE_MSG(test, slab->slab_cache->flags & SLAB_TYPESAFE_BY_RCU,
			      "state new: cache of VMAs: expected SLAB_TYPESAFE_BY_RCU, found it without");
}

/* Write-lock every VMA of the mm. */
static int vma_lock_act_write_all(struct vma_lock_actor *a)
{
	VMA_ITERATOR(vmi, a->f->mm, 0);
	struct vm_area_struct *vma;
	int n = 0;

	mmap_write_lock(a->f->mm);
	for_each_vma(vmi, vma) {
		vma_start_write(vma);
		n++;
	}
	return n;
}

/* However many VMAs a writer locked, the release of mmap_lock unlocks them all. */
static void vma_lock_unlock_many(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	unsigned long addr = vma_lock_map(f, 5);
	struct vm_area_struct *vma;
	struct vma_lock_actor *writer;
	int i, ret;

	/* A hole at 1 and at 3 makes three of one. */
	for (i = 1; i <= 3; i += 2) {
		ret = vma_lock_unmap(f, addr + i * PAGE_SIZE, 1);
		KUNIT_ASSERT_EQ(test, ret, 0);
	}
	writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_write_all,
				      vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "4 VMAs, idle"));
	KUNIT_EXPECT_EQ(test, writer->ret, 4);
	for (i = 0; i < 5; i += 2)
		vma_lock_expect_lookup(f, addr + i * PAGE_SIZE, NULL, "all write-locked");
	vma_lock_actor_leave(writer);
	for (i = 0; i < 5; i += 2) {
		vma = vma_lock_find(f, addr + i * PAGE_SIZE);
		vma_lock_expect_lookup(f, addr + i * PAGE_SIZE, vma, "all unlocked");
	}
}

/*
 * A walk of /proc/PID/maps: VMA by VMA, each read-locked in turn, none of them
 * twice and none left out, whatever made the lock fall back to mmap_lock.
 */
#define VMA_LOCK_WALK	4	/* the bare VMA and three mappings */

struct vma_lock_walk {
	struct vm_area_struct *vma[VMA_LOCK_WALK];
};

/* Three mappings of a page each, with holes between, above the bare VMA. */
static void vma_lock_walk_setup(struct vma_lock_fixture *f, struct vma_lock_walk *w)
{
	unsigned long addr = vma_lock_map(f, 5);
	int i, ret;

	ret = vma_lock_unmap(f, addr + PAGE_SIZE, 1);
	KUNIT_ASSERT_EQ(f->test, ret, 0);
	ret = vma_lock_unmap(f, addr + 3 * PAGE_SIZE, 1);
	KUNIT_ASSERT_EQ(f->test, ret, 0);

	w->vma[0] = f->vma;
	mmap_read_lock(f->mm);
	for (i = 1; i < VMA_LOCK_WALK; i++)
		w->vma[i] = find_vma(f->mm, addr + 2 * (i - 1) * PAGE_SIZE);
	mmap_read_unlock(f->mm);
}

/* Walk from the bottom and compare each step. */
static void vma_lock_walk_expect(struct vma_lock_fixture *f, struct vma_lock_walk *w,
				 const char *state)
{
	VMA_ITERATOR(vmi, f->mm, 0);
	struct vma_lock_lookup l = { };
	struct vm_area_struct *found;
	unsigned long from = 0;
	int i;

	for (i = 0; i <= VMA_LOCK_WALK; i++) {
		struct vm_area_struct *expected = i < VMA_LOCK_WALK ? w->vma[i] : NULL;
		unsigned int count = 0;

		found = vma_lock_lookup_next(&l, f, &vmi, from, f->vma, VMA_LOCK_SPIN_DEADLINE);
		if (!IS_ERR_OR_NULL(found)) {
			count = vma_lock_count(found);
			from = found->vm_end;
			vma_end_read(found);
		}
		KUNIT_EXPECT_PTR_EQ_MSG(f->test, found, expected,
					"state %s: walk, step %d: expected %s, found %s", state, i,
					expected ? "the next VMA" : "the end",
					found == expected ? "it" : "another answer");
		KUNIT_EXPECT_FALSE_MSG(f->test, l.spun,
				       "state %s: walk, step %d: expected an end, found it looking for ever",
				       state, i);
		KUNIT_EXPECT_EQ_MSG(f->test, l.rcu_depth, 0,
				    "state %s: walk, step %d: expected to return in the read section it came in, found %d too many",
				    state, i, l.rcu_depth);
		if (found != expected)
			return;
		if (found)
			KUNIT_EXPECT_EQ_MSG(f->test, count, 2U,
					    "state %s: walk, step %d: expected count 2, found %s",
					    state, i, vma_lock_text(count).s);
	}
}

static void vma_lock_next_walk(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_walk w;
	int i;

	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_NEXT, "lock_next_vma()");
	vma_lock_walk_setup(f, &w);
	vma_lock_walk_expect(f, &w, "all idle");

	/*
	 * A sequence that happens to be equal refuses a reader without need. The
	 * walk then takes mmap_lock for the one VMA, and goes on without it.
	 */
	for (i = 0; i < VMA_LOCK_WALK; i++) {
		unsigned int seq = w.vma[i]->vm_lock_seq;

		WRITE_ONCE(w.vma[i]->vm_lock_seq, f->mm->mm_lock_seq.sequence);
		vma_lock_walk_expect(f, &w, "one refused without need");
		WRITE_ONCE(w.vma[i]->vm_lock_seq, seq);
	}
}

/*
 * To fall back the walk leaves its RCU read section, after which no node of the
 * tree that it stood at need exist: the iterator must point to none, and begin
 * anew behind the VMA that it returned.
 */
static void vma_lock_next_fallback_resets(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_lookup l = { };
	struct vm_area_struct *found;
	struct vma_iterator vmi;

	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_NEXT, "lock_next_vma()");
	vma_iter_init(&vmi, f->mm, 0);
	WRITE_ONCE(f->vma->vm_lock_seq, f->mm->mm_lock_seq.sequence);
	found = vma_lock_lookup_next(&l, f, &vmi, 0, f->vma, VMA_LOCK_SPIN_DEADLINE);
	if (!IS_ERR_OR_NULL(found))
		vma_end_read(found);
	KUNIT_EXPECT_PTR_EQ(test, found, f->vma);
	KUNIT_EXPECT_EQ_MSG(test, vmi.mas.status, ma_start,
			    "state refused: walk: expected the iterator reset, found it in the tree");
	KUNIT_EXPECT_EQ_MSG(test, vmi.mas.index, VMA_LOCK_END,
			    "state refused: walk: expected the iterator at %lx, found it at %lx",
			    VMA_LOCK_END, vmi.mas.index);
}

/* A VMA that is full takes no reader under mmap_lock either. */
static void vma_lock_next_at_limit(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_lookup l = { };
	struct vm_area_struct *found;
	struct vma_iterator vmi;

	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_NEXT, "lock_next_vma()");
	vma_iter_init(&vmi, f->mm, 0);
	vma_lock_set_count(f->vma, LIMIT);
	found = vma_lock_lookup_next(&l, f, &vmi, 0, f->vma, VMA_LOCK_SPIN_DEADLINE);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, LIMIT, "at the limit", "walk");
	vma_lock_set_count(f->vma, 1);
	KUNIT_EXPECT_EQ_MSG(test, PTR_ERR_OR_ZERO(found), -EAGAIN,
			    "state at the limit: walk: expected -EAGAIN, found %d",
			    (int)PTR_ERR_OR_ZERO(found));
	KUNIT_EXPECT_EQ(test, l.rcu_depth, 0);
}

/*
 * A VMA that is detached is looked for again from where the walk stood. An
 * iterator that was left behind it would pass over what takes its place.
 *
 * First once: the iterator stands at a detached VMA, above the position, where the
 * other look begins and finds one that is attached. Then as often as it takes, unless
 * a look loses its RCU read section: after some thousands of those the kernel is not
 * one that could still say so.
 */
static void vma_lock_next_detached(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_lookup l = { .release_to = 1, .guarded = true };
	struct vm_area_struct *found;
	struct vma_iterator vmi;
	struct vma_lock_walk w;

	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_NEXT, "lock_next_vma()");
	vma_lock_walk_setup(f, &w);
	vma_iter_init(&vmi, f->mm, w.vma[1]->vm_start);
	vma_lock_set_count(w.vma[1], 0);
	found = vma_lock_lookup_next(&l, f, &vmi, w.vma[0]->vm_start, w.vma[1],
				     VMA_LOCK_SPIN_DEADLINE);
	if (!IS_ERR_OR_NULL(found))
		vma_end_read(found);
	vma_lock_set_count(w.vma[1], 1);
	KUNIT_EXPECT_PTR_EQ_MSG(test, found, w.vma[0],
				"state detached, above the position: walk: expected the VMA at the position, found another answer");
	KUNIT_ASSERT_EQ_MSG(test, l.rcu_depth, 0,
			    "state detached, above the position: walk: expected RCU read sections balanced, found %d left",
			    l.rcu_depth);

	vma_iter_init(&vmi, f->mm, 0);
	vma_lock_set_count(f->vma, 0);
	found = vma_lock_lookup_next(&l, f, &vmi, 0, f->vma, HZ / 50 + 1);
	if (!IS_ERR_OR_NULL(found))
		vma_end_read(found);
	vma_lock_set_count(f->vma, 1);
	KUNIT_EXPECT_PTR_EQ_MSG(test, found, f->vma,
				"state detached, then attached: walk: expected that VMA, found another answer");
	KUNIT_EXPECT_TRUE_MSG(test, l.spun,
			      "state detached: walk: expected it looked for again, found passed over");
	KUNIT_EXPECT_EQ(test, l.rcu_depth, 0);
}

/*
 * A VMA that lies behind the position as a whole, where the iterator was left too
 * low, has been reported already. There is none above it: the walk is at its end.
 */
static void vma_lock_next_behind(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_lookup l = { };
	struct vm_area_struct *found;
	struct vma_iterator vmi;

	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_NEXT, "lock_next_vma()");
	vma_lock_doing("position behind the last VMA", "walk");
	vma_iter_init(&vmi, f->mm, 0);
	found = vma_lock_lookup_next(&l, f, &vmi, VMA_LOCK_END, f->vma, VMA_LOCK_SPIN_DEADLINE);
	if (!IS_ERR_OR_NULL(found))
		vma_end_read(found);
	KUNIT_EXPECT_PTR_EQ_MSG(test, found, NULL,
				"state position behind the last VMA: walk: expected the end, found another answer");
	KUNIT_EXPECT_EQ_MSG(test, vmi.mas.index, VMA_LOCK_END,
			    "state position behind the last VMA: walk: expected the iterator at %lx, found it at %lx",
			    VMA_LOCK_END, vmi.mas.index);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "position behind the last VMA", "walk");
	KUNIT_EXPECT_EQ(test, l.rcu_depth, 0);
}

/* Walk over everything, and say how far that came. */
static int vma_lock_act_walk(struct vma_lock_actor *a)
{
	VMA_ITERATOR(vmi, a->f->mm, 0);
	struct vm_area_struct *vma;
	unsigned long from = 0;

	for (;;) {
		rcu_read_lock();
		vma = lock_next_vma(a->f->mm, &vmi, from);
		rcu_read_unlock();
		if (IS_ERR_OR_NULL(vma))
			return PTR_ERR_OR_ZERO(vma);
		WRITE_ONCE(a->steps, a->steps + 1);
		from = vma->vm_end;
		vma_iter_set(&vmi, from);
		vma_end_read(vma);
	}
}

/*
 * A writer that holds mmap_lock delays the walk at the one VMA that it locked, and
 * not at the others, nor at the holes between them.
 */
static void vma_lock_next_under_writer(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *writer, *walker;
	struct vma_lock_walk w;

	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_NEXT, "lock_next_vma()");
	vma_lock_walk_setup(f, &w);
	writer = vma_lock_actor_start(f, "writer", w.vma[VMA_LOCK_WALK - 1], vma_lock_act_write,
				      vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "attached, idle"));
	walker = vma_lock_actor_start(f, "walker", f->vma, vma_lock_act_walk, NULL, NULL);

	vma_lock_becomes(READ_ONCE(walker->steps) == VMA_LOCK_WALK - 1);
	KUNIT_EXPECT_EQ_MSG(test, READ_ONCE(walker->steps), VMA_LOCK_WALK - 1,
			    "state last VMA write-locked: walk: expected %d VMAs without mmap_lock, found %d",
			    VMA_LOCK_WALK - 1, READ_ONCE(walker->steps));
	KUNIT_EXPECT_FALSE_MSG(test, completion_done(&walker->acted),
			       "state last VMA write-locked: walk: expected it waiting there, found it at an end");

	vma_lock_actor_leave(writer);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(walker, "mmap_lock released"));
	KUNIT_EXPECT_EQ(test, walker->ret, 0);
	KUNIT_EXPECT_EQ_MSG(test, walker->steps, VMA_LOCK_WALK,
			    "state mmap_lock released: walk: expected %d VMAs, found %d",
			    VMA_LOCK_WALK, walker->steps);
}

/* The walk falls back to mmap_lock with a fatal signal pending. */
static int vma_lock_act_next_killed(struct vma_lock_actor *a)
{
	VMA_ITERATOR(vmi, a->f->mm, 0);
	struct vm_area_struct *found;

	send_sig(SIGKILL, current, 1);
	rcu_read_lock();
	found = lock_next_vma(a->f->mm, &vmi, 0);
	rcu_read_unlock();
	flush_signals(current);
	if (!IS_ERR_OR_NULL(found))
		a->locked = found;
	return PTR_ERR_OR_ZERO(found);
}

static void vma_lock_next_killed(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *writer, *walker;

	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_NEXT, "lock_next_vma()");
	writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_write,
				      vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "attached, idle"));
	walker = vma_lock_actor_start(f, "walker", f->vma, vma_lock_act_next_killed,
				      vma_lock_undo_read, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(walker, "write-locked, walker killed"));
	KUNIT_EXPECT_EQ_MSG(test, walker->ret, -EINTR,
			    "state write-locked: walk, killed: expected -EINTR, found %d",
			    walker->ret);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "write-locked", "walk, killed");
}

/*
 * The assertions, each against the states. They complain by a warning, which is
 * suppressed and counted here.
 */
enum vma_lock_assertion {
	ASSERT_ATTACHED,
	ASSERT_DETACHED,
	ASSERT_WRITE_LOCKED,
	ASSERT_LOCKED,
	ASSERT_STABILISED,
	ASSERT_CAN_MODIFY,
	VMA_LOCK_ASSERTIONS
};

static const char * const vma_lock_assertion_names[] = {
	[ASSERT_ATTACHED]	= "vma_assert_attached()",
	[ASSERT_DETACHED]	= "vma_assert_detached()",
	[ASSERT_WRITE_LOCKED]	= "vma_assert_write_locked()",
	[ASSERT_LOCKED]		= "vma_assert_locked()",
	[ASSERT_STABILISED]	= "vma_assert_stabilised()",
	[ASSERT_CAN_MODIFY]	= "vma_assert_can_modify()",
};

/* What an assertion does: with lockdep it knows whose a lock is, else it guesses. */
enum vma_lock_complaint {
	SILENT,
	COMPLAINS,
	LOCKDEP_KNOWS,		/* complains if lockdep can tell that it should */
};

/* How the thread that asserts holds mmap_lock. */
enum vma_lock_hold {
	NOTHING,
	MMAP_OTHER,	/* another thread holds it for read */
	MMAP_READ,
	MMAP_WRITE,
};

static const struct vma_lock_assert_state {
	const char *name;
	unsigned int count;
	bool write_locked;
	enum vma_lock_hold mmap_lock;
	bool read_locked;		/* by the thread that asserts */
	enum vma_lock_complaint found[VMA_LOCK_ASSERTIONS];
} vma_lock_assert_states[] = {
	/* attached, detached, write-locked, locked, stabilised, can modify */
	{ "detached", 0, false, MMAP_WRITE, false,
	  { COMPLAINS, SILENT, COMPLAINS, COMPLAINS, SILENT, SILENT } },
	{ "attached, idle", 1, false, MMAP_WRITE, false,
	  { SILENT, COMPLAINS, COMPLAINS, COMPLAINS, SILENT, COMPLAINS } },
	{ "attached, write-locked", 1, true, MMAP_WRITE, false,
	  { SILENT, COMPLAINS, SILENT, SILENT, SILENT, SILENT } },
	{ "read-locked", 2, false, MMAP_WRITE, true,
	  { SILENT, COMPLAINS, COMPLAINS, SILENT, SILENT, COMPLAINS } },
	{ "write-locked, own transient read lock", 2, true, MMAP_WRITE, true,
	  { SILENT, COMPLAINS, SILENT, SILENT, SILENT, SILENT } },
	{ "1 reader, another thread", 2, false, MMAP_WRITE, false,
	  { SILENT, COMPLAINS, COMPLAINS, LOCKDEP_KNOWS, SILENT, COMPLAINS } },
	{ "attached, idle, mmap_lock read", 1, false, MMAP_READ, false,
	  { SILENT, COMPLAINS, COMPLAINS, COMPLAINS, SILENT, COMPLAINS } },
	{ "attached, idle, mmap_lock free", 1, false, NOTHING, false,
	  { SILENT, COMPLAINS, COMPLAINS, COMPLAINS, COMPLAINS, COMPLAINS } },
	{ "detached, mmap_lock free", 0, false, NOTHING, false,
	  { COMPLAINS, SILENT, COMPLAINS, COMPLAINS, COMPLAINS, SILENT } },
	{ "read-locked, mmap_lock free", 2, false, NOTHING, true,
	  { SILENT, COMPLAINS, COMPLAINS, SILENT, SILENT, COMPLAINS } },
	{ "attached, idle, mmap_lock read by another thread", 1, false, MMAP_OTHER, false,
	  { SILENT, COMPLAINS, COMPLAINS, COMPLAINS, LOCKDEP_KNOWS, COMPLAINS } },
	{ "sequence equal, mmap_lock free", 1, true, NOTHING, false,
	  { SILENT, COMPLAINS, COMPLAINS, COMPLAINS, COMPLAINS, COMPLAINS } },
	{ "1 reader, another thread, mmap_lock free", 2, false, NOTHING, false,
	  { SILENT, COMPLAINS, COMPLAINS, LOCKDEP_KNOWS, LOCKDEP_KNOWS, COMPLAINS } },
};

KUNIT_ARRAY_PARAM_DESC(vma_lock_assert, vma_lock_assert_states, name);

static void vma_lock_assert(struct vm_area_struct *vma, enum vma_lock_assertion assertion)
{
	switch (assertion) {
	case ASSERT_ATTACHED:
		vma_assert_attached(vma);
		break;
	case ASSERT_DETACHED:
		vma_assert_detached(vma);
		break;
	case ASSERT_WRITE_LOCKED:
		vma_assert_write_locked(vma);
		break;
	case ASSERT_LOCKED:
		vma_assert_locked(vma);
		break;
	case ASSERT_STABILISED:
		vma_assert_stabilised(vma);
		break;
	case ASSERT_CAN_MODIFY:
		vma_lock_assert_can_modify(vma);
		break;
	default:
		break;
	}
}

static int vma_lock_act_assert(struct vma_lock_actor *a)
{
	const struct vma_lock_assert_state *state = a->arg;
	struct vma_lock_warnings w;
	struct vm_area_struct *vma = a->vma;
	unsigned int seq = vma->vm_lock_seq;
	bool held = false;
	int i, fired = 0;

	if (state->mmap_lock == MMAP_WRITE)
		mmap_write_lock(vma->vm_mm);
	else
		mmap_read_lock(vma->vm_mm);
	if (state->read_locked)
		held = vma_start_read_locked(vma);
	if (state->mmap_lock <= MMAP_OTHER)
		mmap_read_unlock(vma->vm_mm);
	vma_lock_set_count(vma, state->count);
	if (state->write_locked)
		WRITE_ONCE(vma->vm_lock_seq, vma->vm_mm->mm_lock_seq.sequence);

	for (i = 0; i < VMA_LOCK_ASSERTIONS; i++) {
		vma_lock_warnings_begin(a->f->test, &w);
		vma_lock_assert(vma, i);
		if (vma_lock_warnings_end(a->f->test, &w))
			fired |= BIT(i);
	}

	if (state->mmap_lock == MMAP_WRITE)
		mmap_write_unlock(vma->vm_mm);
	if (state->mmap_lock == MMAP_READ)
		mmap_read_unlock(vma->vm_mm);
	vma->vm_lock_seq = seq;
	if (held) {
		vma_lock_set_count(vma, 2);
		vma_end_read(vma);
	}
	return fired;
}

static int vma_lock_act_mmap_read(struct vma_lock_actor *a)
{
	mmap_read_lock(a->f->mm);
	return 0;
}

static void vma_lock_undo_mmap_read(struct vma_lock_actor *a)
{
	mmap_read_unlock(a->f->mm);
}

static void vma_lock_assertions(struct kunit *test)
{
	const struct vma_lock_assert_state *state = test->param_value;
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *holder;
	int i;

	if (state->mmap_lock == MMAP_OTHER) {
		holder = vma_lock_actor_start(f, "other", f->vma, vma_lock_act_mmap_read,
					      vma_lock_undo_mmap_read, NULL);
		KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(holder, state->name));
	}
	if (!VMA_LOCK_CAN_SUPPRESS)
		kunit_skip(test, "needs warnings that can be suppressed, and the suite built in");
	holder = vma_lock_actor_start(f, "holder", f->vma, vma_lock_act_assert, NULL, state);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(holder, state->name));
	vma_lock_set_count(f->vma, 1);
	for (i = 0; i < VMA_LOCK_ASSERTIONS; i++) {
		bool expected = state->found[i] == COMPLAINS ||
				(state->found[i] == LOCKDEP_KNOWS && IS_ENABLED(CONFIG_LOCKDEP));
		bool found = holder->ret & BIT(i);

		if (i == ASSERT_STABILISED && !VMA_LOCK_HAS_STABILISED)
			continue;
		if (i == ASSERT_CAN_MODIFY && !VMA_LOCK_HAS_CAN_MODIFY)
			continue;
		/*
		 * Attached and detached are checked always, the rest by DEBUG_VM,
		 * which without lockdep may ask for mmap_lock first, and so always.
		 */
		if (i >= ASSERT_WRITE_LOCKED && !IS_ENABLED(CONFIG_DEBUG_VM))
			expected = false;
		KUNIT_EXPECT_EQ_MSG(test, found, expected,
				    "state %s: %s: expected %s, found %s", state->name,
				    vma_lock_assertion_names[i],
				    expected ? "a warning" : "silence",
				    found ? "a warning" : "silence");
	}
}

/*
 * What may be done only with mmap_lock held, or only to a write-locked VMA, and is
 * done without: the lock itself must say so. Nobody is there to be hurt.
 */
enum vma_lock_misuse {
	READ_WITHOUT_MMAP_LOCK,
	WRITE_WITHOUT_MMAP_LOCK,
	KILLABLE_WITHOUT_MMAP_LOCK,
	END_WRITE_WITHOUT_MMAP_LOCK,
	END_WRITE_UNDER_READ_LOCK,
	WAIT_WITHOUT_MMAP_LOCK,
	ATTACH_UNLOCKED,
	DETACH_UNLOCKED,
	FREE_ATTACHED,
};

static const struct vma_lock_misuse_param {
	const char *name;
	enum vma_lock_misuse what;
	bool debug_vm;		/* only DEBUG_VM complains */
} vma_lock_misuses[] = {
	{ "vma_start_read_locked() without mmap_lock", READ_WITHOUT_MMAP_LOCK, false },
	{ "vma_start_write() without mmap_lock", WRITE_WITHOUT_MMAP_LOCK, false },
	{ "vma_start_write_killable() without mmap_lock", KILLABLE_WITHOUT_MMAP_LOCK, false },
	{ "vma_end_write_all() without mmap_lock", END_WRITE_WITHOUT_MMAP_LOCK, false },
	{ "vma_end_write_all() with mmap_lock held for read", END_WRITE_UNDER_READ_LOCK, false },
#if VMA_LOCK_IS_OF_7_X
	{ "wait of a detach without mmap_lock", WAIT_WITHOUT_MMAP_LOCK, false },
#endif
	{ "vma_mark_attached() not write-locked", ATTACH_UNLOCKED, true },
	{ "vma_mark_detached() not write-locked", DETACH_UNLOCKED, true },
	{ "vm_area_free() of an attached VMA", FREE_ATTACHED, false },
};

KUNIT_ARRAY_PARAM_DESC(vma_lock_misuse, vma_lock_misuses, name);

static int vma_lock_act_misuse(struct vma_lock_actor *a)
{
	const struct vma_lock_misuse_param *p = a->arg;
	struct vm_area_struct *vma = a->vma;
	struct mm_struct *mm = vma->vm_mm;
	unsigned int seq = mm->mm_lock_seq.sequence;
	struct vma_lock_warnings w;
	bool locked = false;
	int ret = 0;

	vma_lock_warnings_begin(a->f->test, &w);
	switch (p->what) {
	case READ_WITHOUT_MMAP_LOCK:
		locked = vma_start_read_locked(vma);
		break;
	case WRITE_WITHOUT_MMAP_LOCK:
		vma_start_write(vma);
		break;
	case KILLABLE_WITHOUT_MMAP_LOCK:
		ret = vma_start_write_killable(vma);
		break;
	case END_WRITE_WITHOUT_MMAP_LOCK:
		vma_end_write_all(mm);
		break;
	case END_WRITE_UNDER_READ_LOCK:
		mmap_read_lock(mm);
		vma_end_write_all(mm);
		mmap_read_unlock(mm);
		break;
	case WAIT_WITHOUT_MMAP_LOCK:
#if VMA_LOCK_IS_OF_7_X
		vma_lock_set_count(vma, 0);
		__vma_exclude_readers_for_detach(vma);
#endif
		break;
	case ATTACH_UNLOCKED:
		mmap_write_lock(mm);
		vma_lock_set_count(vma, 0);
		vma_mark_attached(vma);
		mmap_write_unlock(mm);
		seq = mm->mm_lock_seq.sequence;
		break;
	case DETACH_UNLOCKED:
		mmap_write_lock(mm);
		vma_mark_detached(vma);
		mmap_write_unlock(mm);
		seq = mm->mm_lock_seq.sequence;
		break;
	case FREE_ATTACHED:
		vma_lock_free_attached(mm);
		break;
	}
	ret = vma_lock_warnings_end(a->f->test, &w);
	if (locked)
		vma_end_read(vma);
	mm->mm_lock_seq.sequence = seq;
	vma->vm_lock_seq = UINT_MAX;
	vma_lock_set_count(vma, 1);
	return ret;
}

static void vma_lock_misused(struct kunit *test)
{
	const struct vma_lock_misuse_param *p = test->param_value;
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *a;

	if (!VMA_LOCK_CAN_SUPPRESS)
		kunit_skip(test, "needs warnings that can be suppressed, and the suite built in");
	if (p->what == KILLABLE_WITHOUT_MMAP_LOCK)
		VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_KILLABLE, "vma_start_write_killable()");
	if (p->debug_vm && !IS_ENABLED(CONFIG_DEBUG_VM))
		kunit_skip(test, "needs CONFIG_DEBUG_VM");
	a = vma_lock_actor_start(f, "misuser", f->vma, vma_lock_act_misuse, NULL, p);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(a, p->name));
	KUNIT_EXPECT_GT_MSG(test, a->ret, 0,
			    "state nothing held: %s: expected a warning, found silence", p->name);
}

/*
 * Weaknesses that kernels are known to have. A case that finds one is a skip
 * that says so, which does not fail the run of a kernel that has always had it;
 * with vma_lock_kunit.strict=1 it is a failure. On a kernel without the weakness
 * the case passes.
 */
static bool strict;
module_param(strict, bool, 0444);
MODULE_PARM_DESC(strict, "fail on the weaknesses that kernels are known to have");

static void vma_lock_known(struct kunit *test, const char *weakness)
{
	if (strict)
		KUNIT_FAIL(test, "%s", weakness);
	else
		kunit_mark_skipped(test, "known weakness of this kernel: %s", weakness);
}

/* Move mm_lock_seq of an mm that nobody holds to an even value. */
static void vma_lock_set_mm_sequence(struct mm_struct *mm, unsigned int seq)
{
	mmap_write_lock(mm);
	mm->mm_lock_seq.sequence = seq - 1;
	mmap_write_unlock(mm);
}

/*
 * mm_lock_seq comes round after 2^31 write locks of mmap_lock. A VMA that was
 * write-locked then, and never since, looks write-locked already when the same
 * value is reached again, while readers hold it who are not transient at all. A
 * write lock that believes the sequence alone walks in on them.
 */
static void vma_lock_known_wrapped_sequence(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *reader, *writer;
	unsigned int seq;
	bool through;

	/* The life of the VMA until now: write-locked once, long ago. */
	writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_write,
				      vma_lock_undo_write, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "attached, idle"));
	vma_lock_actor_leave(writer);
	seq = f->vma->vm_lock_seq;
	/* The end of the round, where a kernel may do something about it. */
	vma_lock_set_mm_sequence(f->mm, UINT_MAX - 1);
	mmap_write_lock(f->mm);
	KUNIT_EXPECT_EQ(test, f->mm->mm_lock_seq.sequence, UINT_MAX);
	mmap_write_unlock(f->mm);
	vma_lock_set_mm_sequence(f->mm, seq - 1);
	reader = vma_lock_reader(f, "reader");

	writer = vma_lock_actor_start(f, "writer2", f->vma, vma_lock_act_write,
				      vma_lock_undo_write, NULL);
	through = wait_for_completion_timeout(&writer->acted, HZ / 10);
	if (through) {
		vma_lock_known(test,
			       "a write lock trusts a wrapped sequence, with a reader inside");
	} else {
		KUNIT_EXPECT_TRUE(test, vma_lock_actor_waits(writer, "1 reader, sequence wrapped"));
		VMA_LOCK_EXPECT_COUNT(test, f->vma, FLAG + 2, "1 reader, sequence wrapped",
				      "start write");
	}
	vma_lock_actor_leave(reader);
	vma_lock_actor_acted(writer, "sequence wrapped, last reader gone");
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, "sequence wrapped, last reader gone", "start write");
}

#if defined(VMA_LOCK_ATOMIC_FLAG) && !defined(MODULE) && defined(CONFIG_ADVISE_SYSCALLS)
/* madvise(MADV_DONTFORK), which write-locks the VMA to change its flags. */
static int vma_lock_act_madvise(struct vma_lock_actor *a)
{
	int ret;

	kthread_use_mm(a->f->mm);
	ret = do_madvise(a->f->mm, a->vma->vm_start, PAGE_SIZE, MADV_DONTFORK);
	kthread_unuse_mm(a->f->mm);
	return ret;
}

/*
 * madvise(MADV_GUARD_INSTALL) notes in the flags of the VMA, under its read lock,
 * that there are guard pages. Whoever computes new flags before it has excluded
 * that reader, and stores them afterwards, takes the note away: fork() then does
 * not copy the guard pages.
 */
static void vma_lock_known_lost_flag(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *reader, *madvise;
	unsigned long addr = vma_lock_map(f, 1);
	struct vm_area_struct *vma;
	bool kept;

	vma = vma_lock_find(f, addr);
	reader = vma_lock_reader_of(f, "reader", vma);
	madvise = vma_lock_actor_start(f, "madvise", vma, vma_lock_act_madvise, NULL, NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_waits(madvise, "1 reader"));

	/* What the reader does, which holds the lock that this needs. */
	set_bit(VMA_LOCK_ATOMIC_FLAG, (unsigned long *)&vma->vm_flags);
	vma_lock_actor_leave(reader);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(madvise, "flag set, last reader gone"));
	KUNIT_EXPECT_EQ(test, madvise->ret, 0);

	mmap_read_lock(f->mm);
	vma = find_vma(f->mm, addr);
	kept = test_bit(VMA_LOCK_ATOMIC_FLAG, (unsigned long *)&vma->vm_flags);
	mmap_read_unlock(f->mm);
	if (!kept)
		vma_lock_known(test,
			       "madvise() loses a flag that was set under the VMA read lock");
}
#else
static void vma_lock_known_lost_flag(struct kunit *test)
{
	kunit_skip(test, "needs flags set under the read lock, madvise(), and the suite built in");
}
#endif

/*
 * What vma_lock_tree_store() does, in an RCU read section. Nobody else is there, and
 * the sequence of a writer belongs to an earlier moment than this one.
 */
static int vma_lock_tree_store_in_walk(struct vm_area_struct *vma)
{
	MA_STATE(mas, &vma->vm_mm->mm_mt, vma->vm_start, vma->vm_end - 1);
	int ret;

	if (!down_write_trylock(&vma->vm_mm->mmap_lock))
		return -EBUSY;
	ret = mas_store_gfp(&mas, vma, GFP_NOWAIT);
	up_write(&vma->vm_mm->mmap_lock);
	return ret;
}

/*
 * walk					writer
 * finds the VMA
 *					splits it, releases mmap_lock
 * locks what is left of it
 * goes on behind that
 *
 * or
 *
 * walk					writer
 * finds, locks, gives back the VMA
 *					lets it grow over the head, or
 *					all, of the one behind it
 * goes on behind what it had shown
 *
 * What is mapped at the address where the walk goes on was so all the time, and must
 * be the next to be found. The iterator is no help: it stands where the VMA ended when
 * it was found, or moves on from where it ends by now. That what it comes to lies
 * higher is no reason for a second look, either: nothing has changed since the walk
 * was called again. What the walk cannot see in time is put in place beforehand: where
 * the VMA is split the tree has it whole, while it ends already where that leaves it.
 */
static const struct vma_lock_skip {
	const char *name;
	bool grows;		/* the VMA that was shown has grown since; else it was split */
	unsigned int left;	/* pages of the one behind that it does not grow over */
	const char *weakness;
} vma_lock_skips[] = {
	{ "found whole, locked when it had been split", false, 0,
	  "a walk steps over what was split off a VMA" },
	{ "grown over the head of the next one since it was shown", true, 2,
	  "a walk steps over the head of a VMA that the one before took" },
	{ "grown over all of the last one since it was shown", true, 0,
	  "a walk ends before the last VMA that the one before took" },
};

KUNIT_ARRAY_PARAM_DESC(vma_lock_skip, vma_lock_skips, name);

static void vma_lock_known_skipped_vma(struct kunit *test)
{
	const struct vma_lock_skip *s = test->param_value;
	unsigned long middle = VMA_LOCK_START + PAGE_SIZE;
	unsigned long taken = VMA_LOCK_END - s->left * PAGE_SIZE;
	struct vma_lock_fixture *f = test->priv;
	struct vm_area_struct *shown, *next, *behind, *expected;
	struct vma_iterator vmi;
	int ret;

	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_NEXT, "lock_next_vma()");
	behind = vma_lock_other_vma(f, middle, VMA_LOCK_END);
	f->vma->vm_end = middle;
	expected = s->grows ? f->vma : behind;
	if (s->grows) {
		ret = vma_lock_tree_store(f->mm, middle, VMA_LOCK_END, behind);
		KUNIT_ASSERT_EQ(test, ret, 0);
	}
	vma_iter_init(&vmi, f->mm, VMA_LOCK_START);
	vma_lock_doing(s->name, "walk");

	/* One read section, as in a walk: the iterator points into the tree. */
	rcu_read_lock();
	shown = lock_next_vma(f->mm, &vmi, VMA_LOCK_START);
	if (!IS_ERR_OR_NULL(shown))
		vma_end_read(shown);
	if (s->grows) {
		f->vma->vm_end = taken;
		behind->vm_start = taken;
	}
	ret = vma_lock_tree_store_in_walk(expected);
	next = lock_next_vma(f->mm, &vmi, middle);
	if (!IS_ERR_OR_NULL(next))
		vma_end_read(next);
	rcu_read_unlock();

	f->vma->vm_end = VMA_LOCK_END;
	KUNIT_EXPECT_EQ(test, vma_lock_tree_store(f->mm, VMA_LOCK_START, VMA_LOCK_END, f->vma), 0);
	KUNIT_ASSERT_EQ(test, ret, 0);
	KUNIT_EXPECT_PTR_EQ_MSG(test, shown, f->vma,
				"state %s: walk: expected its first part, found another answer",
				s->name);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 1, s->name, "walk");
	VMA_LOCK_EXPECT_COUNT(test, behind, 1, s->name, "walk");
	if (next == (s->left ? behind : NULL))
		vma_lock_known(test, s->weakness);
	else
		KUNIT_EXPECT_PTR_EQ_MSG(test, next, expected,
					"state %s: next step: expected the VMA at %lx, found another answer",
					s->name, middle);
}

static int vma_lock_test_init(struct kunit *test)
{
	test->priv = vma_lock_fixture_create(test);
	return 0;
}

static void vma_lock_test_exit(struct kunit *test)
{
	vma_lock_fixture_check(test, test->priv);
}

static struct kunit_case vma_lock_cases[] = {
	KUNIT_CASE_PARAM(vma_lock_transition, vma_lock_transition_gen_params),
	KUNIT_CASE_PARAM(vma_lock_readers_excluded, vma_lock_predicate_gen_params),
	KUNIT_CASE(vma_lock_init_is_detached),
	KUNIT_CASE(vma_lock_dup_is_detached),
	KUNIT_CASE(vma_lock_new_is_detached),
	KUNIT_CASE(vma_lock_cache_is_typesafe),
	KUNIT_CASE_PARAM(vma_lock_mm_sequence, vma_lock_mmap_gen_params),
	KUNIT_CASE_PARAM(vma_lock_mm_sequence_waits, vma_lock_mmap_gen_params),
	KUNIT_CASE(vma_lock_mm_sequence_killed),
	KUNIT_CASE(vma_lock_unlock_all),
	KUNIT_CASE(vma_lock_unlock_many),
	KUNIT_CASE(vma_lock_wait_write),
	KUNIT_CASE_PARAM(vma_lock_wait_readers_leave, vma_lock_order_gen_params),
	KUNIT_CASE(vma_lock_wait_killed),
	KUNIT_CASE(vma_lock_wait_signalled),
	KUNIT_CASE(vma_lock_killed_before_wait),
	KUNIT_CASE(vma_lock_wait_unkillable),
	KUNIT_CASE(vma_lock_wait_detach),
	KUNIT_CASE(vma_lock_detach_reader_gone),
	KUNIT_CASE(vma_lock_lookup_other_range),
	KUNIT_CASE(vma_lock_lookup_other_mm),
	KUNIT_CASE(vma_lock_lookup_mapping),
	KUNIT_CASE(vma_lock_lookup_tree_changed),
	KUNIT_CASE(vma_lock_next_walk),
	KUNIT_CASE(vma_lock_next_fallback_resets),
	KUNIT_CASE(vma_lock_next_at_limit),
	KUNIT_CASE(vma_lock_next_detached),
	KUNIT_CASE(vma_lock_next_behind),
	KUNIT_CASE(vma_lock_next_killed),
	KUNIT_CASE(vma_lock_next_under_writer),
	KUNIT_CASE_PARAM(vma_lock_assertions, vma_lock_assert_gen_params),
	KUNIT_CASE_PARAM(vma_lock_misused, vma_lock_misuse_gen_params),
	KUNIT_CASE(vma_lock_known_wrapped_sequence),
	KUNIT_CASE(vma_lock_known_lost_flag),
	KUNIT_CASE_PARAM(vma_lock_known_skipped_vma, vma_lock_skip_gen_params),
	{}
};

static struct kunit_suite vma_lock_suite = {
	.name = "vma_lock",
	.suite_init = vma_lock_suite_init,
	.suite_exit = vma_lock_suite_exit,
	.init = vma_lock_test_init,
	.exit = vma_lock_test_exit,
	.test_cases = vma_lock_cases,
};

kunit_test_suite(vma_lock_suite);

MODULE_DESCRIPTION("KUnit tests of the per-VMA lock");
MODULE_LICENSE("GPL");
VMA_LOCK_IMPORT_KUNIT_NS();
