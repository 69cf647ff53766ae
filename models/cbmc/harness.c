// SPDX-License-Identifier: GPL-2.0
/*
 * Readers and a writer on one VMA, for CBMC, in every order of their steps. The
 * lock is the kernel's own: lock.h is what scripts/models.sh cuts out of a tree.
 *
 * READERS (1 or 2) take and release the read lock once. The writer takes mmap_lock
 * and the write lock once and then, by default, releases both; with DETACH it
 * detaches the VMA; with KILL the wait may be ended by a fatal signal, and
 * another write lock follows.
 *
 * The sequences are any that the kernel can reach: with FIXED_WRAP those that no
 * older round has left behind, which is also shown to stay so; with ANY_SEQ any
 * at all, as in a kernel without that fix after it came round; otherwise some
 * that are far from coming round.
 */
#include "kernel.h"
#include "lock.h"

#ifndef READERS
#define READERS 1
#endif

static int inside, exclusive, gone, done;

static void atomic_check_reader(void)
{
	__CPROVER_assert(!exclusive, "a reader is inside, and so is the writer");
	__CPROVER_assert(!gone, "a reader is inside, and the VMA is detached");
}

static void reader(void)
{
	struct vm_area_struct *vma = vma_start_read(the_vma.vm_mm, &the_vma);

	if (vma == &the_vma) {
		__CPROVER_atomic_begin();
		inside++;
		atomic_check_reader();
		__CPROVER_atomic_end();

		__CPROVER_atomic_begin();
		atomic_check_reader();
		inside--;
		__CPROVER_atomic_end();
		vma_end_read(vma);
	}
	__CPROVER_atomic_begin();
	done++;
	__CPROVER_atomic_end();
}

static void enter(void)
{
	__CPROVER_atomic_begin();
	exclusive = 1;
	__CPROVER_assert(!inside, "the writer is inside, and so is a reader");
	__CPROVER_atomic_end();
}

static void writer(void)
{
	struct vm_area_struct *vma = &the_vma;

	mm_lock_seqcount_begin(vma->vm_mm);
#ifdef KILL
	if (vma_start_write_killable(vma)) {
		__CPROVER_assert(!(vma->vm_refcnt.refs & VM_REFCNT_EXCLUDE_READERS_FLAG),
				 "killed, and the flag is still there");
		vma_start_write(vma);
	}
#else
	vma_start_write(vma);
#endif
	enter();
#ifdef DETACH
	vma_mark_detached(vma);
	__CPROVER_atomic_begin();
	__CPROVER_assert(vma->vm_refcnt.refs == 0, "detached, and the count is not 0");
	gone = 1;
	__CPROVER_atomic_end();
#else
	__CPROVER_atomic_begin();
	exclusive = 0;
	__CPROVER_atomic_end();
	mm_lock_seqcount_end(vma->vm_mm);
#endif
	__CPROVER_atomic_begin();
	done++;
	__CPROVER_atomic_end();
}

/* No value that the rest of the round has still to come to. */
static bool seq_is_of_this_round(void)
{
	return the_vma.vm_lock_seq == UINT_MAX ||
	       the_vma.vm_lock_seq < the_vma.vm_mm->mm_lock_seq.sequence;
}

int main(void)
{
	unsigned int mm_seq = 2, vm_seq = 1;

#if defined(FIXED_WRAP) || defined(ANY_SEQ)
	unsigned int any_mm_seq, any_vm_seq;

	mm_seq = any_mm_seq;
	vm_seq = any_vm_seq;
	/* Nobody holds mmap_lock for write; the VMA was write-locked once. */
	__CPROVER_assume(!(mm_seq & 1) && (vm_seq & 1));
#endif
	the_vma.vm_mm->mm_lock_seq.sequence = mm_seq;
	the_vma.vm_lock_seq = vm_seq;
	the_vma.vm_refcnt.refs = 1;
#ifdef FIXED_WRAP
	__CPROVER_assume(seq_is_of_this_round());
#endif

__CPROVER_ASYNC_1:
	reader();
#if READERS > 1
__CPROVER_ASYNC_2:
	reader();
#endif
	writer();

#if defined(FIXED_WRAP) && !defined(DETACH)
	__CPROVER_assert(seq_is_of_this_round(), "vm_lock_seq has a value still to come");
#endif
#if !defined(DETACH) && READERS == 1
	__CPROVER_assert(done != READERS + 1 || the_vma.vm_refcnt.refs == 1,
			 "everybody is gone, and the count is not 1");
#endif
#ifdef REACH
	/* Everybody got to the end: this must be found to be false. */
	__CPROVER_assert(done != READERS + 1, "reached");
#endif
	return 0;
}
