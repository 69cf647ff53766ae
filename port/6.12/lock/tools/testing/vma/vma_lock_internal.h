/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The per-VMA lock in user space: what the kernel's own include/linux/vma_lock.h
 * and mm/vma_lock.c need from the rest of the kernel, for one thread.
 *
 * Whatever another thread would do, a test does in its place: vma_lock_wait is
 * called instead of sleeping, once for every time a writer would look again.
 */
#ifndef __VMA_LOCK_INTERNAL_H
#define __VMA_LOCK_INTERNAL_H

#include <assert.h>
#include <limits.h>

#define CONFIG_DEBUG_VM 1

#define TASK_UNINTERRUPTIBLE	2
#define TASK_KILLABLE		258

#define cond_resched()		do {} while (0)

/* There is no lockdep for this lock. */
static inline void rwsem_acquire(struct lockdep_map *map, int subclass, int trylock,
				 unsigned long ip)
{
}

static inline void rwsem_acquire_read(struct lockdep_map *map, int subclass, int trylock,
				      unsigned long ip)
{
}

static inline void rwsem_release(struct lockdep_map *map, unsigned long ip)
{
}

static inline void lock_contended(struct lockdep_map *map, unsigned long ip)
{
}

static inline void lock_acquired(struct lockdep_map *map, unsigned long ip)
{
}

/* What the tests look at. */
extern int vma_lock_warnings;	/* how often a misuse was reported */
extern int vma_lock_wakeups;	/* how often a writer was woken */
extern int vma_lock_misses;	/* VMA_LOCK_MISS */
extern int vma_lock_aborts;	/* VMA_LOCK_ABORT */
extern int mm_grabbed;		/* mmgrab() without mmdrop() */
/* Return: false if the writer is killed. */
extern bool (*vma_lock_wait)(void);

#define WARN_REPORT(cond, text...)					\
	do {								\
		if (cond) {						\
			vma_lock_warnings++;				\
			snprintf(vma_lock_warning, sizeof(vma_lock_warning), text); \
		}							\
	} while (0)
extern char vma_lock_warning[512];

#define count_vm_vma_lock_event(event)	(event##_COUNT++)
#define VMA_LOCK_MISS_COUNT	vma_lock_misses
#define VMA_LOCK_ABORT_COUNT	vma_lock_aborts

static inline void mmgrab(struct mm_struct *mm)
{
	mm_grabbed++;
}

static inline void mmdrop(struct mm_struct *mm)
{
	mm_grabbed--;
}

static inline void rcuwait_init(struct rcuwait *w)
{
	w->task = NULL;
}

static inline void rcuwait_wake_up(struct rcuwait *w)
{
	vma_lock_wakeups++;
}

#define rcuwait_wait_event(w, cond, state)				\
({									\
	struct rcuwait *__w = (w);					\
	int __ret = 0;							\
									\
	__w->task = current;						\
	while (!(cond)) {						\
		if (!vma_lock_wait) {					\
			fprintf(stderr, "a writer waits and nobody leaves\n"); \
			abort();					\
		}							\
		if (!vma_lock_wait() && (state) == TASK_KILLABLE) {	\
			__ret = -EINTR;					\
			break;						\
		}							\
	}								\
	__w->task = NULL;						\
	__ret;								\
})

/* No fork fails here. */
static inline bool xa_is_zero(const void *entry)
{
	return false;
}

#define raw_read_seqcount(s)		READ_ONCE((s)->sequence)

static inline void refcount_set(refcount_t *r, int n)
{
	r->refs = n;
}

/* Everything happens in order here. */
static inline int atomic_read_acquire(const atomic_t *v)
{
	return *v;
}

static inline void atomic_set_release(atomic_t *v, int n)
{
	*v = n;
}

static inline unsigned int refcount_read(const refcount_t *r)
{
	return r->refs;
}

static inline bool __refcount_add_not_zero_limited_acquire(int i, refcount_t *r,
							   int *oldp, int limit)
{
	*oldp = r->refs;
	if (*oldp <= 0 || *oldp > limit - i)
		return false;
	r->refs += i;
	return true;
}

static inline bool __refcount_inc_not_zero_limited_acquire(refcount_t *r, int *oldp,
							   int limit)
{
	return __refcount_add_not_zero_limited_acquire(1, r, oldp, limit);
}

static inline bool refcount_sub_and_test(int i, refcount_t *r)
{
	assert(r->refs >= i);
	r->refs -= i;
	return !r->refs;
}

static inline bool __refcount_dec_and_test(refcount_t *r, int *oldp)
{
	*oldp = r->refs;
	return refcount_sub_and_test(1, r);
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	return refcount_sub_and_test(1, r);
}

static inline void dump_vma(const struct vm_area_struct *vma)
{
}

static inline void mmap_assert_locked(struct mm_struct *mm);
static inline void mmap_assert_write_locked(struct mm_struct *mm);

#include "generated/vma_lock.h"

#endif /* __VMA_LOCK_INTERNAL_H */
