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

#include <linux/mman.h>

/* What an event may do in a state. */
enum vma_lock_outcome {
	NEVER,		/* cannot happen in this state, or must not be called */
	GRANTED,	/* the reader has the VMA */
	REFUSED,	/* the reader must fall back to mmap_lock */
	RETRIED,	/* detached: the lookup looks the address up again */
	DONE,		/* done without sleeping */
	WOKE,		/* done, and the waiting writer was woken */
	SLEEPS,		/* waits for readers: the vma_lock_wait cases */
	ASSERTS,	/* forbidden, and the lock complains */
};

enum vma_lock_event {
	LOCKLESS_READ,
	READ_LOCKED,
	READ_UNLOCK,
	START_WRITE,
	ATTACH,
	DETACH,
	VMA_LOCK_EVENTS
};

static const char * const vma_lock_event_names[] = {
	[LOCKLESS_READ]	= "lockless read",
	[READ_LOCKED]	= "read under mmap_lock",
	[READ_UNLOCK]	= "read unlock",
	[START_WRITE]	= "start write",
	[ATTACH]	= "attach",
	[DETACH]	= "detach",
};

/* A cell of the table: what happens, and the count afterwards. */
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
	struct vma_lock_cell cell[VMA_LOCK_EVENTS];
};

#define FLAG	VMA_LOCK_FLAG
#define LIMIT	VMA_LOCK_LIMIT

/*
 * The protocol. The columns are the events in the order of vma_lock_event.
 * States with FLAG are put in place by hand, as a writer leaves them that waits
 * (FLAG+1+r for the write lock, FLAG+r for the detach, where r readers are left).
 */
static const struct vma_lock_state vma_lock_states[] = {
	{ "detached", 0, false, 0,
	  { { RETRIED, 0 }, { REFUSED, 0 }, { NEVER }, { DONE, 0 }, { DONE, 1 }, { ASSERTS } } },
	{ "detached, write-locked", 0, true, 0,
	  { { REFUSED, 0 }, { NEVER }, { NEVER }, { DONE, 0 }, { DONE, 1 }, { ASSERTS } } },
	{ "attached, idle", 1, false, 0,
	  { { GRANTED, 2 }, { GRANTED, 2 }, { NEVER }, { DONE, 1 }, { ASSERTS }, { ASSERTS } } },
	{ "attached, write-locked", 1, true, 0,
	  { { REFUSED, 1 }, { NEVER }, { NEVER }, { DONE, 1 }, { ASSERTS }, { DONE, 0 } } },
	{ "1 reader", 2, false, 1,
	  { { GRANTED, 3 }, { GRANTED, 3 }, { DONE, 1 }, { SLEEPS }, { ASSERTS }, { ASSERTS } } },
	{ "2 readers", 3, false, 2,
	  { { GRANTED, 4 }, { GRANTED, 4 }, { DONE, 2 }, { SLEEPS }, { ASSERTS }, { ASSERTS } } },
	{ "write-locked, 1 transient reader", 2, true, 1,
	  { { REFUSED, 2 }, { NEVER }, { DONE, 1 }, { DONE, 2 }, { ASSERTS }, { SLEEPS } } },
	{ "write-locked, 2 transient readers", 3, true, 2,
	  { { REFUSED, 3 }, { NEVER }, { DONE, 2 }, { DONE, 3 }, { ASSERTS }, { SLEEPS } } },
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

/*
 * The cells that one thread can play, in the order of the table. KUnit asks for
 * one after the other, beginning with NULL.
 */
static VMA_LOCK_GEN_PARAMS(vma_lock_transition_gen_params, prev, desc)
{
	const struct vma_lock_transition *last = prev;
	unsigned int i = last ? last - vma_lock_transitions + 1 : 0;

	for (; i < ARRAY_SIZE(vma_lock_transitions); i++) {
		struct vma_lock_transition *next = &vma_lock_transitions[i];

		next->state = &vma_lock_states[i / VMA_LOCK_EVENTS];
		next->event = i % VMA_LOCK_EVENTS;
		switch (next->state->cell[next->event].outcome) {
		case NEVER:
		case SLEEPS:
		case ASSERTS:
			continue;
		default:
			snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s: %s", next->state->name,
				 vma_lock_event_names[next->event]);
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
	struct vm_area_struct *vma = a->vma;
	unsigned long nvcsw;

	mmap_write_lock(vma->vm_mm);
	if (t->state->write_locked)
		WRITE_ONCE(vma->vm_lock_seq, vma->vm_mm->mm_lock_seq.sequence);
	nvcsw = current->nvcsw;

	switch (t->event) {
	case START_WRITE:
		vma_start_write(vma);
		break;
	case ATTACH:
		/* Only a write-locked VMA may be attached. */
		if (!t->state->write_locked)
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
	return 0;
}

/* The reader's side of a transition. Return: what happened. */
static enum vma_lock_outcome
vma_lock_play_reader(struct vma_lock_fixture *f, const struct vma_lock_transition *t)
{
	struct vma_lock_lookup l = { };
	bool granted;

	switch (t->event) {
	case LOCKLESS_READ:
		/* Only a detached VMA is looked for again, until it is attached. */
		if (t->state->cell[t->event].outcome == RETRIED) {
			l.release_to = 1;
			vma_lock_lookup_at(&l, f->mm, f->vma, VMA_LOCK_START, HZ / 50 + 1);
		} else {
			vma_lock_lookup_at(&l, f->mm, f->vma, VMA_LOCK_START,
					   VMA_LOCK_SPIN_DEADLINE);
		}
		KUNIT_EXPECT_EQ_MSG(f->test, l.rcu_depth, 0,
				    "state %s: lockless read: expected RCU read sections balanced, found %d left",
				    t->state->name, l.rcu_depth);
		if (l.release_to && l.found) {
			/* Found in its new life: as it was, detached, it was not. */
			vma_end_read(l.found);
			vma_lock_set_count(f->vma, t->state->count);
		}
		if (l.spun)
			return RETRIED;
		return l.found ? GRANTED : REFUSED;
	case READ_LOCKED:
		/*
		 * Nobody holds mmap_lock. The trylock is for lockdep's eyes:
		 * this thread may already read-lock the VMA.
		 */
		if (!mmap_read_trylock(f->mm))
			return NEVER;
		granted = vma_start_read_locked(f->vma);
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
};

/* One cell of the table: one state, one event, one outcome, one count. */
static void vma_lock_transition(struct kunit *test)
{
	const struct vma_lock_transition *t = test->param_value;
	const struct vma_lock_cell *cell = &t->state->cell[t->event];
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *writer = NULL;
	unsigned int held = 0, i;
	enum vma_lock_outcome found;

	/* Readers are real, so that lockdep knows them; then the count is set. */
	mmap_read_lock(f->mm);
	for (i = 0; i < t->state->readers; i++)
		held += vma_start_read_locked(f->vma);
	mmap_read_unlock(f->mm);
	KUNIT_EXPECT_EQ_MSG(test, held, t->state->readers,
			    "state attached: read under mmap_lock: expected granted, found refused");
	vma_lock_set_count(f->vma, t->state->count);

	if (t->state->write_locked || t->event >= START_WRITE) {
		writer = vma_lock_actor_start(f, "writer", f->vma, vma_lock_act_transition,
					      vma_lock_undo_write, t);
		vma_lock_actor_acted(writer, t->state->name);
	}

	if (t->event >= START_WRITE)
		found = writer->slept ? SLEEPS : DONE;
	else
		found = vma_lock_play_reader(f, t);

	KUNIT_EXPECT_EQ_MSG(test, found, cell->outcome, "state %s: %s: expected %s, found %s",
			    t->state->name, vma_lock_event_names[t->event],
			    vma_lock_outcome_names[cell->outcome], vma_lock_outcome_names[found]);
	VMA_LOCK_EXPECT_COUNT(test, f->vma, cell->count, t->state->name,
			      vma_lock_event_names[t->event]);
	if (t->event >= START_WRITE)
		KUNIT_EXPECT_TRUE_MSG(test, vma_lock_is_write_locked(f->vma),
				      "state %s: %s: expected the VMA write-locked, found it not",
				      t->state->name, vma_lock_event_names[t->event]);

	/* Out of the state again, in the way that suits the readers there are. */
	if (found == GRANTED)
		held++;
	if (t->event == READ_UNLOCK)
		held--;
	vma_lock_set_count(f->vma, 1 + held);
	while (held--)
		vma_end_read(f->vma);
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

/*
 * mm_lock_seq is odd while mmap_lock is held for write and moves on with every
 * unlock or downgrade, which is what unlocks all VMAs of the mm.
 */
static void vma_lock_mm_sequence(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	unsigned int before, held, after, downgraded;

	before = f->mm->mm_lock_seq.sequence;
	mmap_write_lock(f->mm);
	held = f->mm->mm_lock_seq.sequence;
	mmap_write_unlock(f->mm);
	after = f->mm->mm_lock_seq.sequence;
	mmap_write_lock(f->mm);
	mmap_write_downgrade(f->mm);
	downgraded = f->mm->mm_lock_seq.sequence;
	mmap_read_unlock(f->mm);

	KUNIT_EXPECT_EQ_MSG(test, before & 1, 0U,
			    "state mmap_lock free: expected mm_lock_seq even, found %u", before);
	KUNIT_EXPECT_EQ_MSG(test, held, before + 1,
			    "state mmap_lock free: write lock: expected mm_lock_seq %u, found %u",
			    before + 1, held);
	KUNIT_EXPECT_EQ_MSG(test, after, before + 2,
			    "state mmap_lock held: write unlock: expected mm_lock_seq %u, found %u",
			    before + 2, after);
	KUNIT_EXPECT_EQ_MSG(test, downgraded, before + 4,
			    "state mmap_lock held: downgrade: expected mm_lock_seq %u, found %u",
			    before + 4, downgraded);
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

	/* One early wake-up is allowed here; a return is not. */
	vma_lock_actor_leave(first);
	KUNIT_EXPECT_TRUE(test, vma_lock_actor_waits(detacher, "detach waits for 1 reader"));
	VMA_LOCK_EXPECT_COUNT(test, f->vma, FLAG + 1, "detach waits for 2 readers", "read unlock");
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "detach waits for 1 reader");

	vma_lock_actor_leave(second);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(detacher, "detach waits, last reader gone"));
	VMA_LOCK_EXPECT_COUNT(test, f->vma, 0, "detach waits for 1 reader", "read unlock");
}

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

/* Map three pages in the mm of the fixture, as mmap() would. */
static int vma_lock_act_mmap(struct vma_lock_actor *a)
{
	unsigned long *addr = (unsigned long *)a->arg;

	kthread_use_mm(a->f->mm);
	*addr = vm_mmap(NULL, 0, 3 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, 0);
	kthread_unuse_mm(a->f->mm);
	return IS_ERR_VALUE(*addr) ? (int)*addr : 0;
}

/* Unmap the middle one of the three. */
static int vma_lock_act_munmap(struct vma_lock_actor *a)
{
	const unsigned long *addr = a->arg;
	int ret;

	kthread_use_mm(a->f->mm);
	ret = vm_munmap(*addr + PAGE_SIZE, PAGE_SIZE);
	kthread_unuse_mm(a->f->mm);
	return ret;
}

/* The lookup on a mapping that the kernel itself made, split and unmapped. */
static void vma_lock_lookup_mapping(struct kunit *test)
{
	struct vma_lock_fixture *f = test->priv;
	unsigned long *addr = kunit_kzalloc(test, sizeof(*addr), GFP_KERNEL);
	struct vm_area_struct *vma, *tail;
	struct vma_lock_actor *a;

	KUNIT_ASSERT_NOT_NULL(test, addr);
	a = vma_lock_actor_start(f, "mmap", f->vma, vma_lock_act_mmap, NULL, addr);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(a, "new mapping"));
	KUNIT_ASSERT_EQ(test, a->ret, 0);

	mmap_read_lock(f->mm);
	vma = find_vma(f->mm, *addr);
	mmap_read_unlock(f->mm);
	KUNIT_ASSERT_NOT_NULL(test, vma);
	VMA_LOCK_EXPECT_COUNT(test, vma, 1, "mapped", "mmap");
	vma_lock_expect_lookup(f, *addr, vma, "first byte of a mapping");
	vma_lock_expect_lookup(f, *addr + 3 * PAGE_SIZE - 1, vma, "last byte of a mapping");
	vma_lock_expect_lookup(f, *addr + 3 * PAGE_SIZE, NULL, "nothing mapped");
	VMA_LOCK_EXPECT_COUNT(test, vma, 1, "mapped", "lookup");

	a = vma_lock_actor_start(f, "munmap", f->vma, vma_lock_act_munmap, NULL, addr);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(a, "mapped"));
	KUNIT_ASSERT_EQ(test, a->ret, 0);

	mmap_read_lock(f->mm);
	vma = find_vma(f->mm, *addr);
	tail = find_vma(f->mm, *addr + 2 * PAGE_SIZE);
	mmap_read_unlock(f->mm);
	VMA_LOCK_EXPECT_COUNT(test, vma, 1, "mapped", "split by munmap");
	VMA_LOCK_EXPECT_COUNT(test, tail, 1, "mapped", "split by munmap");
	vma_lock_expect_lookup(f, *addr, vma, "below an unmapped page");
	vma_lock_expect_lookup(f, *addr + PAGE_SIZE, NULL, "unmapped page");
	vma_lock_expect_lookup(f, *addr + 2 * PAGE_SIZE, tail, "above an unmapped page");
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
	KUNIT_CASE(vma_lock_init_is_detached),
	KUNIT_CASE(vma_lock_mm_sequence),
	KUNIT_CASE(vma_lock_unlock_all),
	KUNIT_CASE(vma_lock_wait_write),
	KUNIT_CASE(vma_lock_wait_detach),
	KUNIT_CASE(vma_lock_lookup_other_range),
	KUNIT_CASE(vma_lock_lookup_other_mm),
	KUNIT_CASE(vma_lock_lookup_mapping),
	{}
};

static struct kunit_suite vma_lock_suite = {
	.name = "vma_lock",
	.init = vma_lock_test_init,
	.exit = vma_lock_test_exit,
	.test_cases = vma_lock_cases,
};

kunit_test_suite(vma_lock_suite);

MODULE_DESCRIPTION("KUnit tests of the per-VMA lock");
MODULE_LICENSE("GPL");
VMA_LOCK_IMPORT_KUNIT_NS();
