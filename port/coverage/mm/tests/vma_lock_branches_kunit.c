// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the counters in the branches of the per-VMA lock: a play of
 * which every step is known must move exactly the counters of these steps.
 *
 * The counters are the machine's. They stand still between the steps of a play
 * as long as there is no user space, so the plays are for the boot only.
 */
#include "vma_lock_fixture.h"

#include <linux/kernel.h>
#include <linux/vma_lock_branches.h>

/* For counts that depend on how fast a timer is: at least one. */
#define SOME	ULONG_MAX

#define B(n) \
	[VMA_LOCK_BRANCH_##n]

static void play_granted(struct vma_lock_fixture *f)
{
	vma_lock_expect_lookup(f, VMA_LOCK_START, f->vma, "attached, idle");
	vma_lock_expect_lookup(f, VMA_LOCK_END - 1, f->vma, "attached, idle");
	vma_lock_expect_lookup(f, VMA_LOCK_START, f->vma, "attached, idle");
}

static void play_nothing_mapped(struct vma_lock_fixture *f)
{
	vma_lock_expect_lookup(f, VMA_LOCK_END, NULL, "no VMA");
}

static void play_write_locked(struct vma_lock_fixture *f)
{
	unsigned int seq = f->vma->vm_lock_seq;

	WRITE_ONCE(f->vma->vm_lock_seq, f->mm->mm_lock_seq.sequence);
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "write-locked");
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "write-locked");
	WRITE_ONCE(f->vma->vm_lock_seq, seq);
}

static void play_at_the_limit(struct vma_lock_fixture *f)
{
	vma_lock_set_count(f->vma, VMA_LOCK_LIMIT);
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "at the limit");
	vma_lock_set_count(f->vma, 1);
}

static void play_other_mm(struct vma_lock_fixture *f)
{
	f->vma->vm_mm = vma_lock_fixture_create(f->test)->mm;
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "VMA of another mm");
	f->vma->vm_mm = f->mm;
}

static void play_other_range(struct vma_lock_fixture *f)
{
	f->vma->vm_start += PAGE_SIZE;
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "VMA begins above the address");
	f->vma->vm_start -= PAGE_SIZE;
}

/* The timer attaches the VMA, which the lookup has looked for again until then. */
static void play_detached(struct vma_lock_fixture *f)
{
	struct vma_lock_lookup l = { .release_to = 1 };

	vma_lock_set_count(f->vma, 0);
	if (vma_lock_lookup_at(&l, f->mm, f->vma, VMA_LOCK_START, HZ / 50 + 1))
		vma_end_read(l.found);
}

static struct vma_lock_actor *writer_start(struct vma_lock_fixture *f,
					   int (*act)(struct vma_lock_actor *a))
{
	return vma_lock_actor_start(f, "writer", f->vma, act, vma_lock_undo_write, NULL);
}

static void play_write_twice(struct vma_lock_fixture *f)
{
	int i;

	for (i = 0; i < 2; i++) {
		struct vma_lock_actor *writer = writer_start(f, vma_lock_act_write);

		KUNIT_ASSERT_TRUE(f->test, vma_lock_actor_acted(writer, "attached, idle"));
		vma_lock_actor_leave(writer);
	}
}

static void play_write_detached(struct vma_lock_fixture *f)
{
	struct vma_lock_actor *writer;

	vma_lock_set_count(f->vma, 0);
	writer = writer_start(f, vma_lock_act_write);
	KUNIT_ASSERT_TRUE(f->test, vma_lock_actor_acted(writer, "detached"));
	vma_lock_actor_leave(writer);
	vma_lock_set_count(f->vma, 1);
}

/* Of the two readers only the last one wakes the writer. */
static void play_writer_waits(struct vma_lock_fixture *f)
{
	struct vma_lock_actor *first = vma_lock_reader(f, "reader1");
	struct vma_lock_actor *last = vma_lock_reader(f, "reader2");
	struct vma_lock_actor *writer = writer_start(f, vma_lock_act_write);

	KUNIT_ASSERT_TRUE(f->test, vma_lock_actor_waits(writer, "2 readers"));
	vma_lock_expect_lookup(f, VMA_LOCK_START, NULL, "writer waits for 2 readers");
	vma_lock_actor_leave(first);
	vma_lock_actor_leave(last);
	KUNIT_ASSERT_TRUE(f->test, vma_lock_actor_acted(writer, "writer waits, readers gone"));
}

/* With a reader in the way it waits until killed, or gives up at once. */
static int act_write_killable(struct vma_lock_actor *a)
{
	int ret;

	mmap_write_lock(a->vma->vm_mm);
	ret = vma_start_write_killable(a->vma);
	flush_signals(current);
	return ret;
}

static int act_write_killed_before(struct vma_lock_actor *a)
{
	send_sig(SIGKILL, current, 1);
	return act_write_killable(a);
}

static void play_writer_killed(struct vma_lock_fixture *f)
{
	struct vma_lock_actor *reader = vma_lock_reader(f, "reader");
	struct vma_lock_actor *writer = writer_start(f, act_write_killable);

	KUNIT_ASSERT_TRUE(f->test, vma_lock_actor_waits(writer, "1 reader"));
	send_sig(SIGKILL, writer->task, 1);
	KUNIT_ASSERT_TRUE(f->test, vma_lock_actor_acted(writer, "killable writer waits, killed"));
	vma_lock_actor_leave(writer);
	vma_lock_actor_leave(reader);
}

static void play_writer_killed_before(struct vma_lock_fixture *f)
{
	struct vma_lock_actor *reader = vma_lock_reader(f, "reader");
	struct vma_lock_actor *writer = writer_start(f, act_write_killed_before);

	KUNIT_ASSERT_TRUE(f->test, vma_lock_actor_acted(writer, "1 reader, writer killed"));
	vma_lock_actor_leave(writer);
	vma_lock_actor_leave(reader);
}

static void play_detach(struct vma_lock_fixture *f)
{
	struct vma_lock_actor *detacher = writer_start(f, vma_lock_act_detach);

	KUNIT_ASSERT_TRUE(f->test, vma_lock_actor_acted(detacher, "write-locked"));
	vma_lock_actor_leave(detacher);
	vma_lock_set_count(f->vma, 1);
}

static void play_detach_waits(struct vma_lock_fixture *f)
{
	struct vma_lock_actor *reader = vma_lock_reader(f, "reader");
	struct vma_lock_actor *detacher = writer_start(f, vma_lock_act_detach);

	KUNIT_ASSERT_TRUE(f->test,
			  vma_lock_actor_waits(detacher, "write-locked, 1 transient reader"));
	vma_lock_actor_leave(reader);
	KUNIT_ASSERT_TRUE(f->test,
			  vma_lock_actor_acted(detacher, "detach waits, last reader gone"));
	vma_lock_actor_leave(detacher);
	vma_lock_set_count(f->vma, 1);
}

static void walk(struct vma_lock_fixture *f, struct vma_lock_lookup *l, unsigned long timeout)
{
	struct vm_area_struct *found;
	struct vma_iterator vmi;

	vma_iter_init(&vmi, f->mm, 0);
	found = vma_lock_lookup_next(l, f, &vmi, 0, f->vma, timeout);
	KUNIT_EXPECT_PTR_EQ(f->test, found, f->vma);
	if (!IS_ERR_OR_NULL(found))
		vma_end_read(found);
}

static void play_walk(struct vma_lock_fixture *f)
{
	struct vma_lock_lookup l = { };

	walk(f, &l, VMA_LOCK_SPIN_DEADLINE);
}

/* Refused without need, it takes mmap_lock. */
static void play_walk_falls_back(struct vma_lock_fixture *f)
{
	struct vma_lock_lookup l = { };
	unsigned int seq = f->vma->vm_lock_seq;

	WRITE_ONCE(f->vma->vm_lock_seq, f->mm->mm_lock_seq.sequence);
	walk(f, &l, VMA_LOCK_SPIN_DEADLINE);
	WRITE_ONCE(f->vma->vm_lock_seq, seq);
}

static void play_walk_detached(struct vma_lock_fixture *f)
{
	struct vma_lock_lookup l = { .release_to = 1 };

	vma_lock_set_count(f->vma, 0);
	walk(f, &l, HZ / 50 + 1);
}

static const struct branches_play {
	const char *name;
	void (*play)(struct vma_lock_fixture *f);
	unsigned long moved[VMA_LOCK_BRANCHES];
	bool absent;	/* this kernel's lock has not what is played */
} branches_plays[] = {
	{ "nothing", NULL, { } },
	{ "3 lookups granted", play_granted, { B(R0) = 3 } },
	{ "no VMA", play_nothing_mapped, { B(R8) = 1 } },
	{ "2 lookups, write-locked", play_write_locked, { B(R1) = 2 } },
	{ "at the limit", play_at_the_limit, { B(R4) = 1 } },
	{ "VMA of another mm", play_other_mm, { B(R5) = 1 } },
	{ "VMA of another range", play_other_range, { B(R0) = 1, B(R7) = 1 } },
	{ "detached, then attached", play_detached, { B(R3) = SOME, B(R0) = 1 } },
	{ "write lock, twice", play_write_twice, { B(W1) = 2 } },
	{ "write lock, detached", play_write_detached, { B(W4) = 1 } },
	{ "writer waits for 2 readers", play_writer_waits, { B(W2) = 1, B(R2) = 1, B(P1) = 1 } },
	{ "writer killed while it waits", play_writer_killed, { B(W2) = 1, B(W3) = 1 },
	  !VMA_LOCK_HAS_KILLABLE },
	{ "writer killed before it waits", play_writer_killed_before, { B(W3) = 1 },
	  !VMA_LOCK_HAS_KILLABLE },
	{ "detach", play_detach, { B(D1) = 1 } },
	{ "detach waits for 1 reader", play_detach_waits, { B(D2) = 1, B(D3) = 1, B(P1) = 1 } },
	{ "walk", play_walk, { B(R0) = 1 }, !VMA_LOCK_HAS_NEXT },
	{ "walk falls back", play_walk_falls_back, { B(R1) = 1, B(N4) = 1 },
	  !VMA_LOCK_HAS_NEXT },
	{ "walk, detached, then attached", play_walk_detached,
	  { B(R3) = SOME, B(N1) = SOME, B(R0) = 1 }, !VMA_LOCK_HAS_NEXT },
};

static void branches_desc(const struct branches_play *p, char *desc)
{
	strscpy(desc, p->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(branches_play, branches_plays, branches_desc);

/* One play: what was expected to move did, that often, and nothing else. */
static void vma_lock_branches_exact(struct kunit *test)
{
	const struct branches_play *p = test->param_value;
	struct vma_lock_fixture *f = test->priv;
	unsigned long before[VMA_LOCK_BRANCHES];
	int i;

	if (system_state >= SYSTEM_RUNNING)
		kunit_skip(test, "there is a user space, which moves the counters, too");
	if (p->absent)
		kunit_skip(test, "this kernel's lock has no such step");

	for (i = 0; i < VMA_LOCK_BRANCHES; i++)
		before[i] = vma_lock_branch_count(i);
	if (p->play)
		p->play(f);
	for (i = 0; i < VMA_LOCK_BRANCHES; i++) {
		unsigned long moved = vma_lock_branch_count(i) - before[i];
		const char *name = vma_lock_branch_name(i) ?: "a nameless one";

		if (p->moved[i] == SOME)
			KUNIT_EXPECT_NE_MSG(test, moved, 0UL,
					    "state %s: %s: expected some, found none",
					    p->name, name);
		else
			KUNIT_EXPECT_EQ_MSG(test, moved, p->moved[i],
					    "state %s: %s: expected %lu, found %lu",
					    p->name, name, p->moved[i], moved);
	}
}

/* What all suites of this boot have moved, for the log: this one comes last. */
static void vma_lock_branches_total(struct kunit *test)
{
	char line[512];
	int i, n = 0;

	for (i = 0; i < VMA_LOCK_BRANCHES; i++) {
		if (vma_lock_branch_name(i))
			n += scnprintf(line + n, sizeof(line) - n, " %s %lu",
				       vma_lock_branch_name(i), vma_lock_branch_count(i));
	}
	kunit_info(test, "transitions:%s", line);
	KUNIT_EXPECT_LT_MSG(test, n, (int)sizeof(line) - 1,
			    "state end of the suites: the counts do not fit in a line");
}

static int vma_lock_branches_init(struct kunit *test)
{
	test->priv = vma_lock_fixture_create(test);
	return 0;
}

static void vma_lock_branches_exit(struct kunit *test)
{
	vma_lock_fixture_check(test, test->priv);
}

static struct kunit_case vma_lock_branches_cases[] = {
	KUNIT_CASE_PARAM(vma_lock_branches_exact, branches_play_gen_params),
	KUNIT_CASE(vma_lock_branches_total),
	{}
};

static struct kunit_suite vma_lock_branches_suite = {
	.name = "vma_lock_branches",
	.init = vma_lock_branches_init,
	.exit = vma_lock_branches_exit,
	.test_cases = vma_lock_branches_cases,
};

kunit_test_suite(vma_lock_branches_suite);

MODULE_DESCRIPTION("KUnit tests of the counters in the branches of the per-VMA lock");
MODULE_LICENSE("GPL");
VMA_LOCK_IMPORT_KUNIT_NS();
