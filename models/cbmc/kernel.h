/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Just enough of a kernel for the functions of the VMA lock, which cbmc.sh cuts
 * out of a kernel tree as they are: one VMA in one mm, atomic operations that are
 * atomic, a wait that ends when it may. Lost wake-ups, recycling and memory
 * ordering are the business of the other models.
 */
#ifndef _VMA_LOCK_CBMC_KERNEL_H
#define _VMA_LOCK_CBMC_KERNEL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define __must_check
#define likely(x)	(x)
#define unlikely(x)	(x)
#define READ_ONCE(x)	(x)
#define WRITE_ONCE(x, v)	((x) = (v))
#define smp_wmb()
#define smp_store_release(p, v)	(*(p) = (v))
#define FAIL_IF(x, what)	__CPROVER_assert(!(x), what)
#define WARN_ON_ONCE(x)	FAIL_IF(x, "WARN_ON_ONCE")
#define VM_WARN_ON_ONCE(x)	FAIL_IF(x, "VM_WARN_ON_ONCE")
#define VM_WARN_ON_ONCE_VMA(x, v)	FAIL_IF(x, "VM_WARN_ON_ONCE_VMA")
#define RCU_LOCKDEP_WARN(x, what)
#define ASSERT_EXCLUSIVE_WRITER(x)
#define kcsan_nestable_atomic_begin()
#define kcsan_nestable_atomic_end()
#define rcu_read_lock_held()	1
#define rcu_read_lock()
#define rcu_read_unlock()
#define cond_resched()
#define EXPORT_SYMBOL(x)
#define EXPORT_SYMBOL_GPL(x)
#define __vma_lockdep_acquire_read(v)
#define __vma_lockdep_release_read(v)
#define __vma_lockdep_acquire_exclusive(v)
#define __vma_lockdep_release_exclusive(v)
#define __vma_lockdep_stat_mark_acquired(v)
#define rwsem_acquire(map, subclass, trylock, ip)
#define rwsem_acquire_read(map, subclass, trylock, ip)
#define rwsem_release(map, ip)
#define lock_contended(map, ip)
#define lock_acquired(map, ip)
#define vma_lock_report(v, violation)	FAIL_IF(1, "a misuse of the lock is reported")
#define mmap_assert_write_locked(mm)
#define ERR_PTR(e)	((void *)(long)(e))
#define IS_ENABLED(x)	0
#define EINTR	4
#define EAGAIN	11
#define TASK_UNINTERRUPTIBLE	0x2
#define TASK_KILLABLE	0x102
#define VM_REFCNT_EXCLUDE_READERS_FLAG	(1U << 30)
#define VM_REFCNT_LIMIT	(VM_REFCNT_EXCLUDE_READERS_FLAG - 1)
#define VMA_LOCK_OFFSET	((int)VM_REFCNT_EXCLUDE_READERS_FLAG)
#define VMA_REF_LIMIT	(VMA_LOCK_OFFSET - 1)
#define xa_is_zero(x)	0

typedef struct { int refs; } refcount_t;
typedef struct { unsigned int sequence; } seqcount_t;
struct rcuwait { int task; };

struct mm_struct {
	seqcount_t mm_lock_seq;
	struct rcuwait vma_writer_wait;
};

/*
 * CBMC has no sound pointers that threads share, so vm_mm is the mm itself; as
 * an array of one it is used as the pointer would be.
 */
struct vm_area_struct {
	struct mm_struct vm_mm[1];
	unsigned int vm_lock_seq;
	refcount_t vm_refcnt;
};

static struct vm_area_struct the_vma;

/* The tree of the mm has this one VMA. */
#define VMA_ITERATOR(vmi, mm, addr)	int vmi = (addr)
#define for_each_vma(vmi, vma)	for ((vma) = &the_vma; !(vmi); (vmi) = 1)

#define raw_read_seqcount(s)	((s)->sequence)
#define do_raw_write_seqcount_begin(s)	((s)->sequence++)
#define do_raw_write_seqcount_end(s)	((s)->sequence++)

static void mmgrab(struct mm_struct *mm)
{
}

static void mmdrop(struct mm_struct *mm)
{
}

static int rcuwait_wake_up(struct rcuwait *w)
{
	return 0;
}

/* A fatal signal may come first, if the state lets it. */
_Bool nondet_killed(void);
#define rcuwait_wait_event(w, condition, state) \
({ \
	int __err = (state) == TASK_KILLABLE && nondet_killed() ? -EINTR : 0; \
	__CPROVER_assume(__err || (condition)); \
	__err; \
})

static unsigned int refcount_read(const refcount_t *r)
{
	return r->refs;
}

#define refcount_read_acquire(r)	refcount_read(r)
#define atomic_read_acquire(v)	(*(v))

static void refcount_set_release(refcount_t *r, int n)
{
	r->refs = n;
}

static bool refcount_add_not_zero(int i, refcount_t *r)
{
	bool ok;

	__CPROVER_atomic_begin();
	ok = r->refs != 0;
	if (ok)
		r->refs += i;
	__CPROVER_atomic_end();
	return ok;
}

/* What a broken lock may call. */
static bool refcount_add(int i, refcount_t *r)
{
	__CPROVER_atomic_begin();
	FAIL_IF(r->refs == 0, "refcount added to at zero");
	r->refs += i;
	__CPROVER_atomic_end();
	return true;
}

#define __refcount_add_at_zero_too(i, r, oldp, limit)	(*(oldp) = (r)->refs, refcount_add(i, r))

static bool __refcount_add_not_zero_limited_acquire(int i, refcount_t *r, int *oldp, int limit)
{
	bool ok = false;
	int old;

	__CPROVER_atomic_begin();
	old = r->refs;
	if (old && limit - old >= i) {
		r->refs = old + i;
		ok = true;
	}
	__CPROVER_atomic_end();
	*oldp = old;
	return ok;
}

#define __refcount_inc_not_zero_limited_acquire(r, oldp, limit) \
	__refcount_add_not_zero_limited_acquire(1, r, oldp, limit)

static bool __refcount_sub_and_test(int i, refcount_t *r, int *oldp)
{
	int old;

	__CPROVER_atomic_begin();
	old = r->refs;
	r->refs = old - i;
	__CPROVER_atomic_end();
	FAIL_IF(old <= 0 || old - i < 0, "refcount below zero");
	if (oldp)
		*oldp = old;
	return old == i;
}

#define __refcount_dec_and_test(r, oldp)	__refcount_sub_and_test(1, r, oldp)
#define refcount_sub_and_test(i, r)	__refcount_sub_and_test(i, r, NULL)
#define refcount_dec_and_test(r)	__refcount_sub_and_test(1, r, NULL)

#endif /* _VMA_LOCK_CBMC_KERNEL_H */
