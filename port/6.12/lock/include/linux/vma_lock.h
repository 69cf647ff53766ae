/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lock of a single VMA, kept in a reference count.
 *
 * Page faults and the like hold it for read, one reference each. Whoever holds
 * mmap_lock for write can write-lock single VMAs, and unlocks all of them at once
 * when mmap_lock goes. vm_refcnt in struct vm_area_struct lists what the count can
 * be and what it means; Documentation/mm/process_addrs.rst tells who takes which
 * lock when.
 */
#ifndef _LINUX_VMA_LOCK_H
#define _LINUX_VMA_LOCK_H

#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/lockdep.h>
#include <linux/mm_types.h>
#include <linux/mmap_lock.h>
#include <linux/rcuwait.h>
#include <linux/refcount.h>

#ifdef CONFIG_PER_VMA_LOCK

/* What callers can do to a VMA that its state does not allow. */
enum vma_lock_violation {
	VMA_LOCK_NOT_LOCKED,
	VMA_LOCK_NOT_WRITE_LOCKED,
	VMA_LOCK_NOT_ATTACHED,
	VMA_LOCK_NOT_DETACHED,
	VMA_LOCK_ATTACHED_TWICE,
	VMA_LOCK_DETACHED_TWICE,
	VMA_LOCK_DETACHED_UNLOCKED,
	VMA_LOCK_FREED_ATTACHED,
	VMA_LOCK_COUNT_TOO_LARGE,
};

void vma_lock_report(const struct vm_area_struct *vma, enum vma_lock_violation violation);
int __vma_start_write(struct vm_area_struct *vma, unsigned int mm_lock_seq, int state);
void __vma_exclude_readers_for_detach(struct vm_area_struct *vma);
struct vm_area_struct *vma_start_read(struct mm_struct *mm, struct vm_area_struct *vma);
bool __must_check vma_start_read_locked_nested(struct vm_area_struct *vma, int subclass);
struct vm_area_struct *lock_vma_under_rcu(struct mm_struct *mm, unsigned long address);

#ifdef CONFIG_DEBUG_LOCK_ALLOC
void vma_lock_init_map(struct vm_area_struct *vma);
#else
static inline void vma_lock_init_map(struct vm_area_struct *vma) {}
#endif

/* For a new address space: nobody waits in it. */
static inline void mm_vma_lock_init(struct mm_struct *mm)
{
	rcuwait_init(&mm->vma_writer_wait);
}

/**
 * vma_lock_init() - begin the life of a VMA's lock
 * @vma: the VMA, which nobody has attached yet
 * @reset_refcnt: set the count, too; false if it is known to be 0
 *
 * The VMA is detached and not locked afterwards. Readers may be looking at it
 * all the same, if its memory was a VMA before: all they see is a count of 0.
 */
static inline void vma_lock_init(struct vm_area_struct *vma, bool reset_refcnt)
{
	vma_lock_init_map(vma);
	if (reset_refcnt)
		refcount_set(&vma->vm_refcnt, 0);
	WRITE_ONCE(vma->vm_lock_seq, UINT_MAX);
}

/*
 * Does the count say that a writer keeps readers out and that none is inside? A
 * detach with a last reader inside looks the same as a write lock with none,
 * therefore true can be one reader early; it never is one late.
 */
static inline bool is_vma_writer_only(int refcnt)
{
	return (refcnt & VMA_LOCK_OFFSET) && refcnt <= VMA_LOCK_OFFSET + 1;
}

/**
 * vma_refcount_put() - drop a reader's reference
 * @vma: the VMA; it may be gone when this returns
 *
 * Wakes the writer that waits for the last reader to leave.
 *
 * Context: any. The mm that the VMA belongs to must stay allocated.
 */
static inline void vma_refcount_put(struct vm_area_struct *vma)
{
	/* Once the reference is dropped, the VMA can become another mm's. */
	struct mm_struct *mm = vma->vm_mm;
	int oldcnt;

	rwsem_release(&vma->vmlock_dep_map, _RET_IP_);
	if (__refcount_dec_and_test(&vma->vm_refcnt, &oldcnt))
		return;
	if (is_vma_writer_only(oldcnt - 1))
		rcuwait_wake_up(&mm->vma_writer_wait);
}

/**
 * vma_start_read_locked() - read-lock a VMA under mmap_lock
 * @vma: the VMA
 *
 * Nobody can write-lock the VMA while mmap_lock is held, so no sequence is
 * compared: one that has wrapped does not make this fail, as it can make
 * vma_start_read() fail. The lock may outlast mmap_lock.
 *
 * Context: mmap_lock held.
 * Return: false if the VMA is detached or has too many readers, else true.
 */
static inline bool __must_check vma_start_read_locked(struct vm_area_struct *vma)
{
	return vma_start_read_locked_nested(vma, 0);
}

/**
 * vma_end_read() - unlock a read-locked VMA
 * @vma: the VMA; it may be gone when this returns
 *
 * Context: any.
 */
static inline void vma_end_read(struct vm_area_struct *vma)
{
	vma_refcount_put(vma);
}

/*
 * Both sequences stand still for the holder of mmap_lock, and equal ones cannot
 * be left from before the sequence wrapped: see __vma_start_write_all().
 */
static inline bool __is_vma_write_locked(const struct vm_area_struct *vma,
					 unsigned int *mm_lock_seq)
{
	mmap_assert_write_locked(vma->vm_mm);
	*mm_lock_seq = vma->vm_mm->mm_lock_seq.sequence;
	return vma->vm_lock_seq == *mm_lock_seq;
}

/**
 * vma_start_write() - write-lock a VMA
 * @vma: the VMA, attached or not
 *
 * Waits for the readers inside and keeps others out, until mmap_lock is
 * unlocked or downgraded. Doing it again is allowed and cheap.
 *
 * Context: may sleep. mmap_lock write-locked.
 */
static inline void vma_start_write(struct vm_area_struct *vma)
{
	unsigned int mm_lock_seq;

	if (!__is_vma_write_locked(vma, &mm_lock_seq))
		__vma_start_write(vma, mm_lock_seq, TASK_UNINTERRUPTIBLE);
}

/**
 * vma_start_write_killable() - write-lock a VMA, unless killed while waiting
 * @vma: the VMA, attached or not
 *
 * See vma_start_write().
 *
 * Context: may sleep. mmap_lock write-locked.
 * Return: 0, or -EINTR if a fatal signal came first: the VMA is not locked then.
 */
static inline int __must_check vma_start_write_killable(struct vm_area_struct *vma)
{
	unsigned int mm_lock_seq;

	if (__is_vma_write_locked(vma, &mm_lock_seq))
		return 0;
	return __vma_start_write(vma, mm_lock_seq, TASK_KILLABLE);
}

/* For code that is to build without it, too. */
#define vma_start_write_killable vma_start_write_killable

/**
 * vma_assert_write_locked() - the VMA must be write-locked by now
 * @vma: the VMA
 *
 * Context: mmap_lock write-locked. Checked with CONFIG_DEBUG_VM.
 */
static inline void vma_assert_write_locked(const struct vm_area_struct *vma)
{
	unsigned int mm_lock_seq;

	if (IS_ENABLED(CONFIG_DEBUG_VM) &&
	    unlikely(!__is_vma_write_locked(vma, &mm_lock_seq)))
		vma_lock_report(vma, VMA_LOCK_NOT_WRITE_LOCKED);
}

/**
 * vma_assert_locked() - the VMA must be attached, and locked for read or write
 * @vma: the VMA
 *
 * With lockdep it is the caller who must hold the lock; without, somebody.
 *
 * Context: any. Checked with CONFIG_DEBUG_VM.
 */
static inline void vma_assert_locked(const struct vm_area_struct *vma)
{
	unsigned int refcnt;

	if (!IS_ENABLED(CONFIG_DEBUG_VM))
		return;
#ifdef CONFIG_DEBUG_LOCK_ALLOC
	if (lock_is_held(&vma->vmlock_dep_map))
		return;
#endif
	refcnt = refcount_read(&vma->vm_refcnt);
	if (unlikely(!refcnt))
		vma_lock_report(vma, VMA_LOCK_NOT_LOCKED);
	else if (refcnt == 1 || IS_ENABLED(CONFIG_DEBUG_LOCK_ALLOC))
		vma_assert_write_locked(vma);
}

/**
 * vma_is_attached() - can the VMA be found in its mm?
 * @vma: the VMA
 *
 * Context: mmap_lock write-locked, or nobody else has the VMA; otherwise the
 * answer may be outdated.
 * Return: true between vma_mark_attached() and vma_mark_detached().
 */
static inline bool vma_is_attached(const struct vm_area_struct *vma)
{
	return refcount_read(&vma->vm_refcnt);
}

/**
 * vma_assert_attached() - the VMA must be attached
 * @vma: the VMA
 *
 * Context: see vma_is_attached().
 */
static inline void vma_assert_attached(const struct vm_area_struct *vma)
{
	if (unlikely(!vma_is_attached(vma)))
		vma_lock_report(vma, VMA_LOCK_NOT_ATTACHED);
}

/**
 * vma_assert_detached() - the VMA must be detached
 * @vma: the VMA
 *
 * Context: see vma_is_attached().
 */
static inline void vma_assert_detached(const struct vm_area_struct *vma)
{
	if (unlikely(vma_is_attached(vma)))
		vma_lock_report(vma, VMA_LOCK_NOT_DETACHED);
}

/**
 * vma_mark_attached() - let readers have a VMA
 * @vma: the VMA, detached and write-locked
 *
 * To be called before the VMA can be found in the tree. This is the only way out
 * of a count of 0, and a reader that gets a reference sees the VMA as it is now.
 *
 * A VMA that is attached already stays as it is, after a warning.
 *
 * Context: mmap_lock write-locked.
 */
static inline void vma_mark_attached(struct vm_area_struct *vma)
{
	vma_assert_write_locked(vma);
	if (unlikely(vma_is_attached(vma))) {
		vma_lock_report(vma, VMA_LOCK_ATTACHED_TWICE);
		return;
	}
	atomic_set_release(&vma->vm_refcnt.refs, 1);
}

/**
 * vma_mark_detached() - take a VMA away from readers
 * @vma: the VMA, attached and write-locked
 *
 * The count is 0 afterwards. Readers that had not noticed yet that the VMA is
 * write-locked are waited for, and nobody else gets in again.
 *
 * A VMA that is detached already stays as it is, and one that is not write-locked
 * is detached once its readers are gone; both after a warning.
 *
 * Context: may sleep. mmap_lock write-locked.
 */
static inline void vma_mark_detached(struct vm_area_struct *vma)
{
	if (unlikely(!vma_is_attached(vma))) {
		vma_lock_report(vma, VMA_LOCK_DETACHED_TWICE);
		return;
	}
	/* Without mmap_lock the mm's sequence is even, and no VMA's equals it. */
	if (unlikely(vma->vm_lock_seq != vma->vm_mm->mm_lock_seq.sequence))
		vma_lock_report(vma, VMA_LOCK_DETACHED_UNLOCKED);

	if (unlikely(!refcount_dec_and_test(&vma->vm_refcnt)))
		__vma_exclude_readers_for_detach(vma);
}

/**
 * vma_lock_may_free() - is this VMA's memory to be given back?
 * @vma: the VMA that is about to be freed
 *
 * Return: false, after a warning, if the VMA is attached. It can still be found
 * then, and its readers will still write to it: better lose the memory.
 */
static inline bool __must_check vma_lock_may_free(const struct vm_area_struct *vma)
{
	if (likely(!vma_is_attached(vma)))
		return true;
	vma_lock_report(vma, VMA_LOCK_FREED_ATTACHED);
	return false;
}

#else /* CONFIG_PER_VMA_LOCK */

static inline void mm_vma_lock_init(struct mm_struct *mm) {}
static inline void vma_lock_init(struct vm_area_struct *vma, bool reset_refcnt) {}

static inline struct vm_area_struct *vma_start_read(struct mm_struct *mm,
						    struct vm_area_struct *vma)
{
	return NULL;
}

static inline void vma_end_read(struct vm_area_struct *vma) {}
static inline void vma_start_write(struct vm_area_struct *vma) {}

static inline int __must_check vma_start_write_killable(struct vm_area_struct *vma)
{
	return 0;
}

static inline void vma_assert_write_locked(const struct vm_area_struct *vma)
{
	mmap_assert_write_locked(vma->vm_mm);
}

static inline void vma_assert_locked(const struct vm_area_struct *vma)
{
	mmap_assert_locked(vma->vm_mm);
}

static inline bool vma_is_attached(const struct vm_area_struct *vma)
{
	return true;
}

static inline void vma_assert_attached(const struct vm_area_struct *vma) {}
static inline void vma_assert_detached(const struct vm_area_struct *vma) {}
static inline void vma_mark_attached(struct vm_area_struct *vma) {}
static inline void vma_mark_detached(struct vm_area_struct *vma) {}

static inline bool __must_check vma_lock_may_free(const struct vm_area_struct *vma)
{
	return true;
}

static inline struct vm_area_struct *lock_vma_under_rcu(struct mm_struct *mm,
							unsigned long address)
{
	return NULL;
}

#endif /* CONFIG_PER_VMA_LOCK */

#endif /* _LINUX_VMA_LOCK_H */
