/* SPDX-License-Identifier: GPL-2.0
 *
 * The per-VMA lock of Linux 7.x, for Spin: can a reader and a writer ever be
 * inside together, is a VMA ever touched that is gone, does everybody get on?
 *
 * Sequentially consistent: what memory ordering may do is for the litmus tests
 * in tools/memory-model/litmus-tests/vma-lock. One VMA in a cache that is
 * SLAB_TYPESAFE_BY_RCU, two mm's that may own it in turn (A, which is 0, and B,
 * which is 1), NR readers of mm A as page faults are, and one writer for each
 * mm. Every access to what is shared is a step of its own; only what is an
 * atomic operation in the kernel is one here.
 *
 * A comment "@ FUNCTION: STEP" names the kernel's step that is modelled;
 * scripts/models-steps.sh compares them, in their order, with the kernel's.
 *
 * NR readers fault ITER times each, A's writer takes mmap_lock WOPS times.
 *
 * LOOP		for ever, instead
 * NO_B		without mm B
 * NO_KILL	without the fatal signal to A's writer
 * NO_SLOW	readers give up where they would take mmap_lock
 * STUCK	readers stay inside for ever, and the writer may be killed
 * ROUND	the sequence really comes round, after 4 instead of 2^32
 * FIX_WRAP	with what port/7.x/fixes does about that
 * FIX_COUNT	with a shortcut of vma_start_write() that looks at the count, too
 * LIVENESS	with the claim that a waiting writer is woken
 * BREAK_...	one step done wrong
 *
 * models/vma_lock.spin has the sizes that are checked, and which must fail.
 */
#ifndef NR
#define NR	2
#endif
#ifndef ITER
#define ITER	1
#endif
#ifndef WOPS
#define WOPS	3
#endif

#define FLAG	16	/* VM_REFCNT_EXCLUDE_READERS_FLAG */
#define NEW_SEQ	15	/* UINT_MAX, of a VMA that was never write-locked */
#define A	0
#define B	1

/* The sequence of an mm counts 0..ROUND_LEN-1 and starts again. */
#define ROUND_LEN	4
#ifdef ROUND
#define SEQ_NEXT(m)	mm_seq[m] = (mm_seq[m] + 1) % ROUND_LEN
#else
/* Not what is looked for here: no old value survives until it comes again. */
#define SEQ_NEXT(m) \
	d_step { \
		mm_seq[m] = (mm_seq[m] + 1) % ROUND_LEN; \
		if \
		:: vm_mm == m && vm_seq == mm_seq[m] -> vm_seq = NEW_SEQ \
		:: else \
		fi \
	}
#endif

/* The state that the kernel has. */
byte refcnt;			/* vma->vm_refcnt */
byte vm_seq = NEW_SEQ;		/* vma->vm_lock_seq */
byte vm_mm;			/* vma->vm_mm */
byte mm_seq[2];			/* mm->mm_lock_seq */
bit writer_wait[2];		/* mm->vma_writer_wait has a task */
bit asleep[2];			/* the state of that task */
bit mmap_w[2];			/* mmap_lock is held for write */
byte mmap_r[2];			/* how many hold mmap_lock for read */
bit tree[2];			/* the maple tree has the VMA */
bit free;			/* the VMA is on the cache's free list */
byte mm_count[2] = 1;		/* mm->mm_count */

/* What nobody in the kernel knows, but the assertions do. */
bit page_gone;			/* the slab page went back to the page allocator */
byte grace;			/* the readers a grace period still waits for, a bit each */
bit rcu[NR];			/* in an RCU read section */
bit ref[NR];			/* has raised the count */
byte held;			/* how many have */
byte inside;			/* readers that were granted the VMA */
bit exclusive;			/* A's writer changes the VMA */
bit mm_gone[2];
bit waiting[2];			/* the writer is in rcuwait_wait_event() */
bit killed;			/* A's writer has a fatal signal */
bit wakekill;			/* and sleeps such that it wakes up for one */

/* Whoever looks at the VMA needs a reason why it is still there. */
#define TOUCH(me)	assert(!page_gone && (rcu[me] || ref[me]))

inline rcu_read_lock(me)
{
	atomic { assert(!rcu[me]); rcu[me] = 1 }
}

inline rcu_read_unlock(me)
{
	atomic { assert(rcu[me]); rcu[me] = 0; grace = grace & ~(1 << me) }
}

inline rcuwait_wake_up(m)
{
	assert(!mm_gone[m]);
	/* @ rcuwait_wake_up: rcu_read_lock */
	/* @ rcuwait_wake_up: smp_mb */
	t = writer_wait[m];		/* @ rcuwait_wake_up: rcu_dereference task */
	if
	:: t -> asleep[m] = 0		/* @ rcuwait_wake_up: wake_up_process task */
	:: else
	fi
	/* @ rcuwait_wake_up: rcu_read_unlock */
}

inline mmgrab(m)
{
	d_step { assert(!mm_gone[m]); mm_count[m]++ }
}

inline mmdrop(m)
{
	d_step {
		mm_count[m]--;
		if
		:: mm_count[m] == 0 -> mm_gone[m] = 1
		:: else
		fi
	}
}

inline drop(me)
{
	d_step {
		TOUCH(me);
		assert(refcnt % FLAG > 0);
		refcnt--;
		new = refcnt;
		held--;
		ref[me] = 0
	}
}

inline wake(m)
{
	if
#if defined(BREAK_wake_flag)
	:: new == FLAG -> rcuwait_wake_up(m)
#elif defined(BREAK_wake_eq)
	:: new == FLAG + 1 -> rcuwait_wake_up(m)
#elif defined(BREAK_wake_none)
	:: false
#elif defined(BREAK_wake_old)
	:: new + 1 >= FLAG && new <= FLAG -> rcuwait_wake_up(m)
#else
	:: new >= FLAG && new <= FLAG + 1 -> rcuwait_wake_up(m)
#endif
	:: else
	fi
}

inline vma_refcount_put(me)
{
#ifndef BREAK_mm_after_put
	d_step { TOUCH(me); own = vm_mm };	/* @ vma_refcount_put: vm_mm */
#endif
#ifdef BREAK_wake_before_put
	new = refcnt - 1;
	wake(own);
	drop(me);
#else
	drop(me);			/* @ vma_refcount_put: __vma_refcount_put_return */
#ifdef BREAK_mm_after_put
	d_step { TOUCH(me); own = vm_mm };
#endif
	/* @ vma_refcount_put: __vma_are_readers_excluded */
	wake(own);			/* @ vma_refcount_put: rcuwait_wake_up vma_writer_wait */
#endif
	new = 0
}

/* The page fault, or whoever reads under the lock. */
inline use_vma(me)
{
	d_step {
		inside++;
		assert(!exclusive && !free && vm_mm == A && refcnt > 0)
	};
	d_step {
		assert(!exclusive && !free && vm_mm == A);
		inside--
	}
}

proctype reader(byte me)
{
	byte n, old, new, seq, vseq, own, other;
	bit t;

	do
#ifdef LOOP
	:: skip;
#else
	:: n == ITER -> break
	:: n < ITER -> n++;
#endif
again:
		rcu_read_lock(me);
		/* lock_vma_under_rcu(): the walk of the tree */
		if
		:: tree[A]
		:: !tree[A] -> rcu_read_unlock(me); goto slow
		fi;

		d_step { TOUCH(me); vseq = vm_seq };	/* @ vma_start_read: READ_ONCE vm_lock_seq */
		seq = mm_seq[A];		/* @ vma_start_read: READ_ONCE mm_lock_seq sequence */
		if
		:: vseq == seq -> rcu_read_unlock(me); goto slow
		:: else
		fi;

		/* @ vma_start_read: __refcount_inc_not_zero_limited_acquire vm_refcnt VM_REFCNT_LIMIT */
		d_step {
			TOUCH(me);
			old = refcnt;
			if
			:: old == 0
#ifdef BREAK_limit_max
			:: old > 0 -> refcnt++; held++; ref[me] = 1
#else
			:: old >= FLAG
			:: old > 0 && old < FLAG -> refcnt++; held++; ref[me] = 1
#endif
			fi
		};
		if
		:: old == 0 -> rcu_read_unlock(me); goto again
#ifndef BREAK_limit_max
		:: old >= FLAG -> rcu_read_unlock(me); goto slow
#endif
		:: else
		fi;

#ifndef BREAK_no_mm_check
		d_step { TOUCH(me); other = vm_mm };	/* @ vma_start_read: vm_mm */
		if
		:: other != A -> goto unstable
		:: else
		fi;
#endif

#ifndef BREAK_no_recheck
		d_step { TOUCH(me); vseq = vm_seq };	/* @ vma_start_read: vm_lock_seq */
		seq = mm_seq[A];		/* @ vma_start_read: raw_read_seqcount mm_lock_seq */
		if
		:: vseq == seq ->
#ifndef BREAK_recheck_leak
			vma_refcount_put(me);	/* @ vma_start_read: vma_refcount_put */
#endif
			rcu_read_unlock(me);	/* @ vma_start_read: rcu_read_unlock */
			goto slow
		:: else
		fi;
#endif
		/* lock_vma_under_rcu() */
#ifndef BREAK_rcu_leak
		rcu_read_unlock(me);
#endif
#ifdef STUCK
end_stuck:	false;
#endif
		use_vma(me);
		vma_refcount_put(me);
		goto next;

unstable:	/* @ vma_start_read: vm_mm */
		rcu_read_unlock(me);		/* @ vma_start_read: rcu_read_unlock */
#ifndef BREAK_mm_uaf
		mmgrab(other);			/* @ vma_start_read: mmgrab */
#endif
		vma_refcount_put(me);		/* @ vma_start_read: vma_refcount_put */
#ifndef BREAK_mm_uaf
		mmdrop(other);			/* @ vma_start_read: mmdrop */
#endif

slow:
#ifndef NO_SLOW
		/* mmap_read_lock(), find the VMA, vma_start_read_locked() */
		atomic { !mmap_w[A] -> mmap_r[A]++ };
		if
		:: tree[A] ->
			/* @ vma_start_read_locked_nested: __refcount_inc_not_zero_limited_acquire vm_refcnt VM_REFCNT_LIMIT */
			d_step {
				assert(!page_gone && vm_mm == A);
				assert(refcnt > 0 && refcnt < FLAG);
				refcnt++;
				held++;
				ref[me] = 1
			};
			mmap_r[A]--;
			use_vma(me);
			vma_refcount_put(me)
		:: !tree[A] ->
			mmap_r[A]--
		fi;
#else
		skip;
#endif
next:
		assert(!rcu[me] && !ref[me]);
		d_step { old = 0; new = 0; seq = 0; vseq = 0; own = 0; other = 0; t = 0 }
	od
}

/* rcuwait_wait_event(&mm->vma_writer_wait, vm_refcnt == target, state) */
inline wait_for(m, target, killable, err)
{
	err = 0;
	waiting[m] = 1;
#ifndef BREAK_prepare_late
	writer_wait[m] = 1;		/* @ ___rcuwait_wait_event: prepare_to_rcuwait */
#endif
	do
	::
#ifdef BREAK_check_then_state
		if
		:: refcnt == target -> break
		:: else
		fi;
		asleep[m] = 1;
#else
		/* @ ___rcuwait_wait_event: set_current_state */
		d_step { asleep[m] = 1; wakekill = (m == A) && (killable) };
		if
		:: refcnt == target -> break
		:: else
		fi;
#endif
#ifdef BREAK_prepare_late
		writer_wait[m] = 1;
#endif
		if
		:: (killable) && killed ->
			err = 1;	/* @ ___rcuwait_wait_event: signal_pending_state */
			break
		:: else
		fi;
		!asleep[m]		/* schedule() */
	od;
	writer_wait[m] = 0;		/* @ ___rcuwait_wait_event: finish_rcuwait */
	d_step { asleep[m] = 0; wakekill = 0 };
	waiting[m] = 0
}

inline flag_off(left)
{
	d_step {
		assert(refcnt >= FLAG);
		refcnt = refcnt - FLAG;	/* @ __vma_end_exclude_readers: refcount_sub_and_test VM_REFCNT_EXCLUDE_READERS_FLAG vm_refcnt */
		assert(left)
	}
}

inline flag_on()
{
	d_step {
		old = refcnt;
		if
#ifdef BREAK_add_on_zero
		:: refcnt = refcnt + FLAG
#else
		/* @ __vma_start_exclude_readers: refcount_add_not_zero VM_REFCNT_EXCLUDE_READERS_FLAG vm_refcnt */
		:: old > 0 -> refcnt = refcnt + FLAG
		:: else
#endif
		fi
	}
}

#ifdef BREAK_tgt_swap
#define TARGET		FLAG
#define TARGET_DETACH	(FLAG + 1)
#else
#define TARGET		(FLAG + 1)
#if defined(BREAK_tgt_one)
#define TARGET_DETACH	(FLAG + 1)
#else
#define TARGET_DETACH	FLAG
#endif
#endif

#if defined(BREAK_start_killable)
#define KILLABLE(k)	1
#elif defined(BREAK_killable_not)
#define KILLABLE(k)	0
#else
#define KILLABLE(k)	k
#endif

/* The part of vma_start_write() that does the work. */
inline do_start_write(m, killable, err)
{
	seq = mm_seq[m];		/* @ __vma_start_write: __vma_raw_mm_seqnum */
#ifdef BREAK_seq_early
	vm_seq = seq;
#endif
	flag_on();			/* @ __vma_start_write: __vma_start_exclude_readers */
	if
	:: old == 0 ->			/* detached: nobody can get in */
		vm_seq = seq
	:: else ->
		/* @ __vma_start_exclude_readers: rcuwait_wait_event vm_mm vma_writer_wait */
		/* @ __vma_start_exclude_readers: refcount_read vm_refcnt */
		wait_for(m, TARGET, KILLABLE(killable), err);
		if
#ifndef BREAK_eintr_through
		:: err ->		/* @ __vma_start_exclude_readers: __vma_end_exclude_readers */
#ifdef BREAK_eintr_leak
			skip
#else
			flag_off(refcnt > 0)
#endif
#endif
		:: else ->
#ifdef BREAK_eintr_through
			err = 0;
#else
			assert(held == 0);
#endif
#ifdef BREAK_seq_late
			flag_off(refcnt > 0);
			vm_seq = seq
#else
			vm_seq = seq;	/* @ __vma_start_write: WRITE_ONCE vm_lock_seq mm_lock_seq */
			flag_off(refcnt > 0)	/* @ __vma_start_write: __vma_end_exclude_readers */
#endif
		fi
	fi
}

/* vma_start_write() and, if killable, vma_start_write_killable() */
inline start_write(m, killable, err)
{
	err = 0;
	if
#ifdef FIX_COUNT
	:: vm_seq == mm_seq[m] && refcnt <= 1
#else
	/* @ vma_start_write: __is_vma_write_locked */
	/* @ vma_start_write_killable: __is_vma_write_locked */
	:: vm_seq == mm_seq[m]
#endif
	:: else ->
		/* @ vma_start_write: __vma_start_write TASK_UNINTERRUPTIBLE */
		/* @ vma_start_write_killable: __vma_start_write TASK_KILLABLE */
		do_start_write(m, killable, err)
	fi
}

inline mark_detached(m, err)
{
	assert(vm_seq == mm_seq[m] && refcnt > 0);
	d_step { refcnt--; old = refcnt };	/* @ vma_mark_detached: __vma_refcount_put_return */
#ifndef BREAK_detach_nowait
	if
	:: old == 0
	:: else ->			/* @ vma_mark_detached: __vma_exclude_readers_for_detach */
		flag_on();		/* @ __vma_exclude_readers_for_detach: __vma_start_exclude_readers */
		if
		:: old == 0
#ifdef BREAK_exit_on_zero
			-> flag_off(refcnt == 0)
#endif
		:: else ->
			wait_for(m, TARGET_DETACH, 0, err);
			flag_off(refcnt == 0)	/* @ __vma_exclude_readers_for_detach: __vma_end_exclude_readers */
		fi
	fi;
#endif
	assert(refcnt == 0 && held == 0)
}

inline mmap_write_lock(m)
{
	/* @ mmap_write_lock: down_write */
	atomic { !mmap_w[m] && mmap_r[m] == 0 -> mmap_w[m] = 1 };
	SEQ_NEXT(m);			/* @ mmap_write_lock: mm_lock_seqcount_begin */
#ifdef FIX_WRAP
	if
	:: mm_seq[m] == ROUND_LEN - 1 && tree[m] -> do_start_write(m, 0, err)
	:: else
	fi
#endif
}

inline mmap_write_unlock(m)
{
	d_step {
		if
		:: m == A -> exclusive = 0
		:: else
		fi
	};
	mm_seq[m] = (mm_seq[m] + 1) % ROUND_LEN;	/* @ mmap_write_unlock: vma_end_write_all */
	if
	:: mmap_w[m] = 0		/* @ mmap_write_unlock: up_write */
	:: atomic { mmap_w[m] = 0; mmap_r[m]++ };	/* mmap_write_downgrade() */
		mmap_r[m]--
	fi
}

/* vm_area_free(): what holds RCU now may still look at the object. */
inline vma_free()
{
	d_step {
		assert(refcnt == 0 && held == 0 && inside == 0);
		free = 1;
		grace = 0;
#ifndef BREAK_slab_notypesafe
		for (i : 0 .. NR - 1) {
			grace = grace | (rcu[i] << i)
		}
		i = 0
#endif
	}
}

/* vm_area_alloc(): the same object again, or one from a fresh page. */
inline vma_alloc(m)
{
	d_step { free = 0; page_gone = 0; grace = 0; assert(refcnt == 0) };
	vm_mm = m;
	refcnt = 0;			/* @ vma_lock_init: refcount_set vm_refcnt */
	vm_seq = NEW_SEQ		/* @ vma_lock_init: vm_lock_seq */
}

inline attach(m, err)
{
#ifdef BREAK_attach_unlocked
	refcnt = 1;
#else
	start_write(m, 0, err);
	assert(vm_seq == mm_seq[m] && refcnt == 0);
	refcnt = 1;			/* @ vma_mark_attached: refcount_set_release vm_refcnt */
#endif
	tree[m] = 1
}

#define CHANGE_VMA	d_step { exclusive = 1; assert(inside == 0) }

proctype writer_a()
{
	byte n, seq, old, i;
	bit err;

	do
#ifdef LOOP
	:: skip;
#else
	:: n == WOPS -> break
	:: n < WOPS -> n++;
#endif
		mmap_write_lock(A);
		if
		:: tree[A] ->
			if
			:: goto out		/* it is about another VMA */
			:: start_write(A, 1, err)	/* fork() */
#ifndef STUCK
			:: start_write(A, 0, err)
#endif
			fi;
			if
#ifdef STUCK
			:: err -> goto out
#else
			:: err ->
				if
				:: goto out
				:: start_write(A, 0, err)	/* and then something else */
				fi
#endif
			:: else
			fi;
			CHANGE_VMA;
			if
			:: start_write(A, 0, err);	/* mprotect(), once more */
				CHANGE_VMA
			::				/* munmap() */
#ifndef BREAK_exit_noattach
				mark_detached(A, err);
#endif
				if
				:: tree[A] = 0;
					vma_free()
				:: refcnt = 1		/* reattach_vmas(): it failed */
				fi
			fi
		:: !tree[A] && free ->			/* mmap() */
			atomic {
				if
				:: free -> free = 0
				:: else -> goto out
				fi
			};
			vma_alloc(A);
#ifdef BREAK_attach_unlocked
			d_step { exclusive = 1 };
#endif
			attach(A, err);
			CHANGE_VMA
		:: !tree[A] && !free			/* B has it now */
		fi;
out:
		mmap_write_unlock(A);
		d_step { seq = 0; old = 0; err = 0 }
	od
}

#ifndef NO_B
/* Picks up the object when it is free, uses it and exits; once. */
proctype writer_b()
{
	byte seq, old, i;
	bit err;

end_b:	atomic { free -> free = 0 };
	mmap_write_lock(B);
	vma_alloc(B);
	attach(B, err);
	mmap_write_unlock(B);
	mmap_write_lock(B);
	start_write(B, 0, err);
	mark_detached(B, err);
	tree[B] = 0;
	vma_free();
	mmap_write_unlock(B);
	mmdrop(B)
}
#endif

#if !defined(LOOP) && !defined(NO_KILL)
proctype killer()
{
	killed = 1;
	d_step {
		if
		:: wakekill -> asleep[A] = 0
		:: else
		fi
	}
}
#endif

/* A slab page may leave its cache when a grace period has passed. */
proctype slab()
{
end_slab:
	do
	:: d_step { free && grace == 0 && !page_gone -> page_gone = 1 }
	od
}

init {
	byte i;

	atomic {
		refcnt = 1;
		vm_mm = A;
		tree[A] = 1;
		for (i : 0 .. NR - 1) {
			run reader(i)
		}
		run writer_a();
#ifndef NO_B
		run writer_b();
#endif
#if !defined(LOOP) && !defined(NO_KILL)
		run killer();
#endif
		run slab()
	}
}

#ifdef LIVENESS
/* A writer that waits does not wait for ever. */
ltl woken { [] (waiting[0] -> <> !waiting[0]) }
#endif
