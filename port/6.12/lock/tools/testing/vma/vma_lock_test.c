// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the per-VMA lock itself, included by vma.c: the kernel's mm/vma_lock.c
 * with one thread that plays everybody.
 */

int vma_lock_warnings, vma_lock_wakeups, vma_lock_misses, vma_lock_aborts, mm_grabbed;
char vma_lock_warning[512];
bool (*vma_lock_wait)(void);

#include "generated/vma_lock.c"

/* What vma_lock_wait() does things to. */
static struct vm_area_struct *waited_for;

static unsigned int count_of(const struct vm_area_struct *vma)
{
	return refcount_read(&vma->vm_refcnt);
}

static void set_count(struct vm_area_struct *vma, unsigned int count)
{
	refcount_set(&vma->vm_refcnt, count);
}

static void play_write_lock(struct mm_struct *mm)
{
	assert(!(mm->mm_lock_seq.sequence & 1));
	if (++mm->mm_lock_seq.sequence == UINT_MAX)
		__vma_start_write_all(mm);
}

static void play_write_unlock(struct mm_struct *mm)
{
	assert(mm->mm_lock_seq.sequence & 1);
	mm->mm_lock_seq.sequence++;
}

/* How many misuses were reported since the last call; each kind can be again. */
static int warnings(void)
{
	int count = vma_lock_warnings;

	vma_lock_warnings = 0;
	vma_lock_reported = 0;
	return count;
}

/* Take a VMA out of the tree's reach, as whoever frees it has to, and free it. */
static void detach_free_vma(struct vm_area_struct *vma)
{
	vma_start_write(vma);
	vma_mark_detached(vma);
	vm_area_free(vma);
}

static bool leave(void)
{
	vma_end_read(waited_for);
	return true;
}

static bool leave_killed(void)
{
	return false;
}

/* An mm with one VMA [0x1000, 0x2000) in it, attached and not locked. */
static struct vm_area_struct *lock_test_vma(struct mm_struct *mm)
{
	struct vm_area_struct *vma = vm_area_alloc(mm);

	vma->vm_start = 0x1000;
	vma->vm_end = 0x2000;
	play_write_lock(mm);
	vma_link(mm, vma);
	play_write_unlock(mm);
	waited_for = vma;
	vma_lock_wait = leave;
	warnings();
	vma_lock_wakeups = 0;
	vma_lock_misses = 0;
	vma_lock_aborts = 0;
	return vma;
}

static void lock_test_end(struct mm_struct *mm, struct vm_area_struct *vma)
{
	if (!(mm->mm_lock_seq.sequence & 1))
		play_write_lock(mm);
	detach_free_vma(vma);
	mtree_destroy(&mm->mm_mt);
	vma_lock_wait = NULL;
}

static bool test_lock_unwarned(void)
{
	ASSERT_EQ(vma_lock_warnings, 0);
	return true;
}

static bool test_lock_life(void)
{
	struct mm_struct mm = {};
	struct vm_area_struct *vma, *dup;

	vma = vm_area_alloc(&mm);
	ASSERT_EQ(count_of(vma), 0);
	ASSERT_EQ(vma->vm_lock_seq, UINT_MAX);
	vma_assert_detached(vma);
	vm_area_free(vma);

	vma = lock_test_vma(&mm);
	ASSERT_EQ(count_of(vma), 1);
	vma_assert_attached(vma);

	/* A reader of the original is not one of the copy. */
	ASSERT_EQ(lock_vma_under_rcu(&mm, 0x1000), vma);
	dup = vm_area_dup(vma);
	ASSERT_EQ(count_of(vma), 2);
	ASSERT_EQ(count_of(dup), 0);
	ASSERT_EQ(dup->vm_lock_seq, UINT_MAX);
	vm_area_free(dup);
	vma_end_read(vma);

	ASSERT_EQ(warnings(), 0);
	lock_test_end(&mm, vma);
	ASSERT_EQ(warnings(), 0);
	return true;
}

static bool test_lock_readers(void)
{
	struct mm_struct mm = {}, other = {};
	struct vm_area_struct *vma = lock_test_vma(&mm);

	ASSERT_EQ(lock_vma_under_rcu(&mm, 0x1fff), vma);
	ASSERT_EQ(lock_vma_under_rcu(&mm, 0x1000), vma);
	ASSERT_EQ(count_of(vma), 3);
	vma_end_read(vma);
	vma_end_read(vma);
	ASSERT_EQ(count_of(vma), 1);
	ASSERT_EQ(vma_lock_wakeups, 0);
	ASSERT_EQ(lock_vma_under_rcu(&mm, 0x2000), NULL);
	ASSERT_EQ(vma_lock_aborts, 1);

	/* Write-locked: refused without the count being touched. */
	play_write_lock(&mm);
	vma_start_write(vma);
	ASSERT_EQ(count_of(vma), 1);
	ASSERT_EQ(lock_vma_under_rcu(&mm, 0x1000), NULL);
	ASSERT_EQ(count_of(vma), 1);
	play_write_unlock(&mm);

	/* Full: neither way in, and no harm done. */
	set_count(vma, VMA_REF_LIMIT);
	ASSERT_EQ(lock_vma_under_rcu(&mm, 0x1000), NULL);
	ASSERT_FALSE(vma_start_read_locked(vma));
	ASSERT_EQ(count_of(vma), VMA_REF_LIMIT);
	set_count(vma, VMA_REF_LIMIT - 1);
	ASSERT_TRUE(vma_start_read_locked(vma));
	ASSERT_EQ(count_of(vma), VMA_REF_LIMIT);
	set_count(vma, 1);

	/* Found in one mm, belongs to another by now: that one is held meanwhile. */
	vma->vm_mm = &other;
	mm_grabbed = 0;
	ASSERT_EQ(lock_vma_under_rcu(&mm, 0x1000), NULL);
	ASSERT_EQ(count_of(vma), 1);
	ASSERT_EQ(mm_grabbed, 0);
	vma->vm_mm = &mm;

	/* In the tree, but moved since. */
	vma->vm_start = 0x1800;
	ASSERT_EQ(lock_vma_under_rcu(&mm, 0x1000), NULL);
	ASSERT_EQ(count_of(vma), 1);
	vma->vm_start = 0x1000;

	ASSERT_EQ(warnings(), 0);
	lock_test_end(&mm, vma);
	return true;
}

static bool test_lock_writer_waits(void)
{
	struct mm_struct mm = {};
	struct vm_area_struct *vma = lock_test_vma(&mm);

	/* With two readers inside, the writer is woken once: by the last. */
	ASSERT_EQ(lock_vma_under_rcu(&mm, 0x1000), vma);
	ASSERT_EQ(lock_vma_under_rcu(&mm, 0x1000), vma);
	play_write_lock(&mm);
	vma_start_write(vma);
	ASSERT_EQ(vma_lock_wakeups, 1);
	ASSERT_EQ(count_of(vma), 1);
	ASSERT_EQ(vma->vm_lock_seq, mm.mm_lock_seq.sequence);
	vma_assert_write_locked(vma);
	/* Once more is nothing. */
	vma_start_write(vma);
	ASSERT_EQ(count_of(vma), 1);
	play_write_unlock(&mm);

	/* Killed: nothing is left behind, and readers get in again. */
	ASSERT_EQ(lock_vma_under_rcu(&mm, 0x1000), vma);
	play_write_lock(&mm);
	vma_lock_wait = leave_killed;
	ASSERT_EQ(vma_start_write_killable(vma), -EINTR);
	vma_lock_wait = leave;
	ASSERT_EQ(count_of(vma), 2);
	ASSERT_NE(vma->vm_lock_seq, mm.mm_lock_seq.sequence);
	ASSERT_EQ(vma_start_write_killable(vma), 0);
	ASSERT_EQ(count_of(vma), 1);
	play_write_unlock(&mm);

	ASSERT_EQ(warnings(), 0);
	lock_test_end(&mm, vma);
	return true;
}

static bool test_lock_detach_waits(void)
{
	struct mm_struct mm = {};
	struct vm_area_struct *vma = lock_test_vma(&mm);

	/* A reader that has raised the count, but not compared sequences yet. */
	ASSERT_EQ(lock_vma_under_rcu(&mm, 0x1000), vma);
	play_write_lock(&mm);
	vma->vm_lock_seq = mm.mm_lock_seq.sequence;
	vma_mark_detached(vma);
	ASSERT_EQ(count_of(vma), 0);
	vma_assert_detached(vma);

	/* It is still found, which is a miss. Attached again, it is not. */
	play_write_unlock(&mm);
	ASSERT_TRUE(IS_ERR(vma_start_read(&mm, vma)));
	ASSERT_FALSE(vma_start_read_locked(vma));
	play_write_lock(&mm);
	/* Without readers to wait for, a detached one can be write-locked. */
	vma_lock_wait = NULL;
	vma_start_write(vma);
	ASSERT_EQ(count_of(vma), 0);
	vma_mark_attached(vma);
	ASSERT_EQ(count_of(vma), 1);

	ASSERT_EQ(warnings(), 0);
	lock_test_end(&mm, vma);
	return true;
}

/*
 * A sequence that comes round must not pass for a lock that is held: the last write
 * lock of each round waits for the readers of every VMA, also if the last one of the
 * round before is the VMA's own.
 */
static bool test_lock_sequence_wraps(void)
{
	struct mm_struct mm = {};
	struct vm_area_struct *vma = lock_test_vma(&mm);
	int round;

	ASSERT_EQ(vma->vm_lock_seq, 1);
	for (round = 1; round <= 2; round++) {
		ASSERT_EQ(lock_vma_under_rcu(&mm, 0x1000), vma);
		mm.mm_lock_seq.sequence = UINT_MAX - 1;
		play_write_lock(&mm);
		ASSERT_EQ(vma_lock_wakeups, 2 * round - 1);
		ASSERT_EQ(vma->vm_lock_seq, UINT_MAX);
		ASSERT_EQ(count_of(vma), 1);
		play_write_unlock(&mm);

		/* In the new round it is unlocked until somebody locks it. */
		ASSERT_EQ(lock_vma_under_rcu(&mm, 0x1000), vma);
		play_write_lock(&mm);
		ASSERT_EQ(mm.mm_lock_seq.sequence, 1);
		ASSERT_NE(vma->vm_lock_seq, mm.mm_lock_seq.sequence);
		vma_start_write(vma);
		ASSERT_EQ(vma_lock_wakeups, 2 * round);
		ASSERT_EQ(count_of(vma), 1);
		play_write_unlock(&mm);
		/* In the second round, as the first one left it. */
		vma->vm_lock_seq = UINT_MAX;
	}

	ASSERT_EQ(warnings(), 0);
	lock_test_end(&mm, vma);
	return true;
}

#define ASSERT_WARNED(text)						\
	do {								\
		ASSERT_EQ(warnings(), 1);				\
		ASSERT_NE(strstr(vma_lock_warning, text), NULL);	\
	} while (0)

/* Each bad state: one warning however often, and life goes on. */
static bool test_lock_misuse(void)
{
	struct mm_struct mm = {};
	struct vm_area_struct *vma = lock_test_vma(&mm);

	/* Attached twice: the reader inside stays counted. */
	ASSERT_EQ(lock_vma_under_rcu(&mm, 0x1000), vma);
	play_write_lock(&mm);
	vma->vm_lock_seq = mm.mm_lock_seq.sequence;
	vma_mark_attached(vma);
	vma_mark_attached(vma);
	ASSERT_EQ(count_of(vma), 2);
	ASSERT_WARNED("attach: expected the vma to be detached");

	/* Freed while attached: still there. */
	vm_area_free(vma);
	vm_area_free(vma);
	ASSERT_EQ(count_of(vma), 2);
	ASSERT_WARNED("free: expected the vma to be detached");

	/* Detached without the write lock: readers are waited for. */
	play_write_unlock(&mm);
	play_write_lock(&mm);
	vma_mark_detached(vma);
	ASSERT_EQ(count_of(vma), 0);
	ASSERT_WARNED("detach: expected the vma to be write-locked");

	/* Detached twice. */
	vma_start_write(vma);
	vma_mark_detached(vma);
	vma_mark_detached(vma);
	ASSERT_EQ(count_of(vma), 0);
	ASSERT_WARNED("detach: expected the vma to be attached");

	/* A count that cannot be: nobody waits for it to become one that can. */
	play_write_unlock(&mm);
	set_count(vma, 0xc0000000);
	ASSERT_EQ(lock_vma_under_rcu(&mm, 0x1000), NULL);
	ASSERT_FALSE(vma_start_read_locked(vma));
	ASSERT_WARNED("lock: expected the vma to be a count that can be");
	play_write_lock(&mm);
	vma_start_write(vma);
	ASSERT_EQ(count_of(vma), 0xc0000000);
	ASSERT_EQ(vma->vm_lock_seq, mm.mm_lock_seq.sequence);
	ASSERT_WARNED("lock: expected the vma to be a count that can be");
	play_write_unlock(&mm);
	play_write_lock(&mm);
	set_count(vma, VMA_LOCK_OFFSET + 1);
	vma_start_write(vma);
	ASSERT_EQ(count_of(vma), VMA_LOCK_OFFSET + 1);
	ASSERT_WARNED("lock: expected the vma to be a count that can be");

	/* The assertions. */
	set_count(vma, 0);
	vma_assert_attached(vma);
	ASSERT_WARNED("expected the vma to be attached");
	vma_assert_locked(vma);
	ASSERT_WARNED("expected the vma to be attached and locked");
	set_count(vma, 1);
	vma_assert_detached(vma);
	ASSERT_WARNED("expected the vma to be detached");
	vma_assert_locked(vma);
	vma_assert_write_locked(vma);
	ASSERT_EQ(warnings(), 0);
	play_write_unlock(&mm);
	play_write_lock(&mm);
	vma_assert_write_locked(vma);
	ASSERT_WARNED("expected the vma to be write-locked");
	vma_assert_locked(vma);
	ASSERT_WARNED("expected the vma to be write-locked");

	lock_test_end(&mm, vma);
	ASSERT_EQ(warnings(), 0);
	return true;
}
