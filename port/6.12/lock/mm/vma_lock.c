// SPDX-License-Identifier: GPL-2.0
/*
 * The lock of a single VMA, kept in a reference count: what is too large or too
 * rare to be inline in include/linux/vma_lock.h.
 */
#include <linux/bitops.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/mmdebug.h>
#include <linux/rcupdate.h>
#include <linux/rcuwait.h>
#include <linux/sched/mm.h>
#include <linux/vma_lock.h>
#include <linux/vmstat.h>

/* With the flag and all its readers, the count is still a positive number. */
static_assert(VMA_LOCK_OFFSET + (unsigned int)VMA_REF_LIMIT <= INT_MAX);

#ifdef CONFIG_DEBUG_LOCK_ALLOC
/*
 * In one place: lockdep wants the name of a class at one address, and not all compilers merge
 * the equal strings of two files.
 */
void vma_lock_init_map(struct vm_area_struct *vma)
{
	static struct lock_class_key vma_lock_key;

	lockdep_init_map(&vma->vmlock_dep_map, "vm_lock", &vma_lock_key, 0);
}
EXPORT_SYMBOL_GPL(vma_lock_init_map);
#endif

static const struct {
	const char *event;
	const char *expected;
} vma_lock_violations[] = {
	[VMA_LOCK_NOT_LOCKED]		= { "access", "attached and locked" },
	[VMA_LOCK_NOT_WRITE_LOCKED]	= { "change", "write-locked" },
	[VMA_LOCK_NOT_ATTACHED]		= { "assertion", "attached" },
	[VMA_LOCK_NOT_DETACHED]		= { "assertion", "detached" },
	[VMA_LOCK_ATTACHED_TWICE]	= { "attach", "detached" },
	[VMA_LOCK_DETACHED_TWICE]	= { "detach", "attached" },
	[VMA_LOCK_DETACHED_UNLOCKED]	= { "detach", "write-locked" },
	[VMA_LOCK_FREED_ATTACHED]	= { "free", "detached" },
	[VMA_LOCK_COUNT_TOO_LARGE]	= { "lock", "a count that can be" },
};

/* One bit for each kind of violation that was reported; cleared with the other once flags. */
static unsigned long vma_lock_reported __section(".data..once");

/**
 * vma_lock_report() - warn about a VMA in a state that forbids what is done to it
 * @vma: the VMA
 * @violation: what is wrong
 *
 * Each kind of violation is reported once.
 *
 * Context: any.
 */
void vma_lock_report(const struct vm_area_struct *vma, enum vma_lock_violation violation)
{
	const struct mm_struct *mm = vma->vm_mm;

	if (test_and_set_bit(violation, &vma_lock_reported))
		return;
#ifdef CONFIG_DEBUG_VM
	dump_vma(vma);
#endif
	WARN(1, "vma %p [%lx, %lx) mm %p flags %#lx, count %#x, sequence %#x of %#x: %s: expected the vma to be %s\n",
	     vma, vma->vm_start, vma->vm_end, mm, vma->vm_flags,
	     refcount_read(&vma->vm_refcnt), READ_ONCE(vma->vm_lock_seq),
	     mm ? READ_ONCE(mm->mm_lock_seq.sequence) : 0,
	     vma_lock_violations[violation].event, vma_lock_violations[violation].expected);
}
EXPORT_SYMBOL(vma_lock_report);

/*
 * Nothing that a writer does to the VMA, be it loads or plain stores, may come
 * before what the last reader did: this pairs with the RELEASE of the decrement in
 * vma_refcount_put(). Where a writer need not wait, the ACQUIRE that came with its
 * flag does. A control dependency and smp_rmb() would leave plain stores out.
 */
static inline int count_acquire(const struct vm_area_struct *vma)
{
	return atomic_read_acquire(&vma->vm_refcnt.refs);
}

/*
 * Add the flag that keeps readers out, and wait until only @rest of the count is
 * left besides: 1 for an attached VMA, 0 for one that is being detached. The
 * caller takes the flag off with vma_admit_readers().
 *
 * Return: 1 if the flag is set and no reader is inside; 0 if nothing was done,
 * because the VMA is detached, or because its count makes no sense; -EINTR if a
 * signal came that @state lets through, with the flag off again.
 */
static int vma_exclude_readers(struct vm_area_struct *vma, unsigned int rest, int state)
{
	int oldcnt;
	int err;

	/* One writer at a time: there is one flag, and room for one who waits. */
	mmap_assert_write_locked(vma->vm_mm);

	/*
	 * Only vma_mark_attached() leads out of 0, and only the holder of
	 * mmap_lock calls it. Beyond the limit is the flag of a writer that
	 * cannot exist: waiting for it would never end.
	 */
	if (!__refcount_add_not_zero_limited_acquire(VMA_LOCK_OFFSET, &vma->vm_refcnt,
						     &oldcnt,
						     VMA_LOCK_OFFSET + VMA_REF_LIMIT)) {
		if (unlikely(oldcnt))
			vma_lock_report(vma, VMA_LOCK_COUNT_TOO_LARGE);
		return 0;
	}

	rwsem_acquire(&vma->vmlock_dep_map, 0, 0, _RET_IP_);
	if (unlikely(oldcnt != rest)) {
		lock_contended(&vma->vmlock_dep_map, _RET_IP_);
		err = rcuwait_wait_event(&vma->vm_mm->vma_writer_wait,
					 count_acquire(vma) == VMA_LOCK_OFFSET + rest,
					 state);
		if (err) {
			/* The attach reference is still there. */
			WARN_ON_ONCE(refcount_sub_and_test(VMA_LOCK_OFFSET, &vma->vm_refcnt));
			rwsem_release(&vma->vmlock_dep_map, _RET_IP_);
			return err;
		}
	}
	lock_acquired(&vma->vmlock_dep_map, _RET_IP_);
	return 1;
}

/* Take the flag off. Return: true if that leaves the VMA detached. */
static bool vma_admit_readers(struct vm_area_struct *vma)
{
	bool detached = refcount_sub_and_test(VMA_LOCK_OFFSET, &vma->vm_refcnt);

	rwsem_release(&vma->vmlock_dep_map, _RET_IP_);
	return detached;
}

/**
 * __vma_start_write() - write-lock a VMA that is not write-locked yet
 * @vma: the VMA
 * @mm_lock_seq: its mm's sequence
 * @state: TASK_UNINTERRUPTIBLE or TASK_KILLABLE: how to wait for readers
 *
 * See vma_start_write(). Exported to modules of any licence: vm_flags_set() and its
 * like are inline, and needed nothing but down_write() when the lock was one.
 *
 * Context: may sleep. mmap_lock write-locked.
 * Return: 0, or -EINTR if killed while waiting: the VMA is not locked then.
 */
int __vma_start_write(struct vm_area_struct *vma, unsigned int mm_lock_seq, int state)
{
	int excluded = vma_exclude_readers(vma, 1, state);

	if (excluded < 0)
		return excluded;

	/*
	 * From here on it is the sequence that refuses readers; it must be there
	 * before the flag is gone. Readers look at it without a lock at first.
	 */
	WRITE_ONCE(vma->vm_lock_seq, mm_lock_seq);
	if (excluded)
		WARN_ON_ONCE(vma_admit_readers(vma));
	return 0;
}
EXPORT_SYMBOL(__vma_start_write);

/**
 * __vma_start_write_all() - write-lock every VMA in the last round of a sequence
 * @mm: the address space, whose mm_lock_seq has just come to UINT_MAX
 *
 * A VMA is write-locked if its sequence equals that of its mm. The former only
 * moves when the VMA is write-locked: left alone for 2^31 write locks of
 * mmap_lock, it would be equal again by chance, and a writer would take the VMA
 * for its own while readers are inside.
 *
 * So all VMAs are locked, readers waited for, when the sequence is about to wrap:
 * no older one is left then, and the one of this hold comes up again only in the
 * next hold that does the same.
 *
 * Context: may sleep. mmap_lock write-locked, and no VMA yet.
 */
void __vma_start_write_all(struct mm_struct *mm)
{
	VMA_ITERATOR(vmi, mm, 0);
	struct vm_area_struct *vma;

	for_each_vma(vmi, vma) {
		/* After it, what a fork that failed did not come to. */
		if (xa_is_zero(vma))
			break;
		/* Not vma_start_write(): it would believe an old sequence. */
		__vma_start_write(vma, mm->mm_lock_seq.sequence, TASK_UNINTERRUPTIBLE);
		cond_resched();
	}
}
EXPORT_SYMBOL(__vma_start_write_all);

/**
 * __vma_exclude_readers_for_detach() - wait for the last readers of a VMA
 * @vma: the VMA, whose attach reference is gone already
 *
 * The VMA is write-locked, so these are readers that raised the count before they
 * found out. They will not stay, and no others come once the flag is set.
 *
 * Context: may sleep. mmap_lock write-locked.
 */
void __vma_exclude_readers_for_detach(struct vm_area_struct *vma)
{
	if (vma_exclude_readers(vma, 0, TASK_UNINTERRUPTIBLE) > 0)
		WARN_ON_ONCE(!vma_admit_readers(vma));
	else
		/* The last one left before the flag came: as if waited for. */
		count_acquire(vma);
}

/* Raise the count for a reader. Return: as __refcount_inc_not_zero_limited_acquire(). */
static inline bool vma_refcount_get(struct vm_area_struct *vma, int *oldcnt)
{
	if (likely(__refcount_inc_not_zero_limited_acquire(&vma->vm_refcnt, oldcnt,
							   VMA_REF_LIMIT)))
		return true;
	/* Past the limit is where a writer's flag is. Negative is what no one does. */
	if (unlikely(*oldcnt < 0))
		vma_lock_report(vma, VMA_LOCK_COUNT_TOO_LARGE);
	return false;
}

/**
 * vma_start_read() - try to read-lock a VMA that was found under RCU
 * @mm: the address space it was found in
 * @vma: the VMA, or by now anything that its memory was used for since
 *
 * May fail without need, when the sequence has wrapped or the VMA has just gone
 * elsewhere: callers fall back to mmap_lock. It never succeeds while the VMA is
 * write-locked. On success the VMA is @mm's and attached, but it need not cover
 * the address any more that it was found for.
 *
 * Context: RCU read-locked, by the caller and for the caller: it is so again on
 * return, but may have been left and entered again unless @vma is returned.
 * Return: @vma; NULL if it cannot be locked now; ERR_PTR(-EAGAIN) if it is
 * detached, and another look may find what replaced it.
 */
struct vm_area_struct *vma_start_read(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct mm_struct *other_mm;
	int oldcnt;

	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "looked up a VMA without RCU");

	/*
	 * Do not disturb a writer who is at work. Nothing depends on this check,
	 * so it needs no order: the one that counts is below.
	 */
	if (READ_ONCE(vma->vm_lock_seq) == READ_ONCE(mm->mm_lock_seq.sequence))
		return NULL;

	/*
	 * All that follows, the second check most of all, must come after the
	 * reference, hence the ACQUIRE. A writer's flag is beyond the limit.
	 */
	if (unlikely(!vma_refcount_get(vma, &oldcnt)))
		return oldcnt ? NULL : ERR_PTR(-EAGAIN);

	rwsem_acquire_read(&vma->vmlock_dep_map, 0, 1, _RET_IP_);

	/* VMAs are recycled without waiting for RCU: is it still this mm's? */
	if (unlikely(vma->vm_mm != mm)) {
		/*
		 * Only the reference keeps the other mm from being freed, and
		 * its writer may have to be woken after the reference is gone.
		 * The last mmdrop() is too much for an RCU section.
		 */
		other_mm = vma->vm_mm;
		rcu_read_unlock();
		mmgrab(other_mm);
		vma_refcount_put(vma);
		mmdrop(other_mm);
		rcu_read_lock();
		return NULL;
	}

	/*
	 * A writer stores the sequence while readers are out, so it does not
	 * change now. If the VMA was write-locked before the reference was
	 * taken, then either mm_lock_seq is still the same; or it has moved on,
	 * and the ACQUIRE here makes all visible that was done under the lock: it
	 * pairs with the RELEASE of mm_lock_seqcount_end().
	 */
	if (unlikely(READ_ONCE(vma->vm_lock_seq) == raw_read_seqcount(&mm->mm_lock_seq))) {
		vma_refcount_put(vma);
		return NULL;
	}
	return vma;
}

/**
 * vma_start_read_locked_nested() - read-lock a further VMA under mmap_lock
 * @vma: the VMA
 * @subclass: for lockdep, to tell it from the VMA that is locked already
 *
 * See vma_start_read_locked().
 *
 * Context: mmap_lock held.
 * Return: false if the VMA is detached or has too many readers, else true.
 */
bool vma_start_read_locked_nested(struct vm_area_struct *vma, int subclass)
{
	int oldcnt;

	mmap_assert_locked(vma->vm_mm);
	if (unlikely(!vma_refcount_get(vma, &oldcnt)))
		return false;
	rwsem_acquire_read(&vma->vmlock_dep_map, subclass, 1, _RET_IP_);
	return true;
}

/**
 * lock_vma_under_rcu() - find and read-lock the VMA of an address
 * @mm: the address space, which the caller keeps alive
 * @address: the address
 *
 * Context: any but under the VMA's own lock; neither mmap_lock nor RCU is needed.
 * Return: the VMA, which contains @address and stays as it is until
 * vma_end_read(); NULL if there is none or if it cannot be locked now, and
 * mmap_lock will tell which.
 */
struct vm_area_struct *lock_vma_under_rcu(struct mm_struct *mm, unsigned long address)
{
	MA_STATE(mas, &mm->mm_mt, address, address);
	struct vm_area_struct *vma;

	for (;;) {
		rcu_read_lock();
		vma = mas_walk(&mas);
		if (vma)
			vma = vma_start_read(mm, vma);
		rcu_read_unlock();
		if (!IS_ERR(vma))
			break;
		/*
		 * It left the tree after it was found. Where the walk stands may
		 * have left with it: begin at the root.
		 */
		count_vm_vma_lock_event(VMA_LOCK_MISS);
		mas_set(&mas, address);
	}

	if (likely(vma)) {
		/* It may have shrunk before it was locked, or moved. */
		if (likely(address >= vma->vm_start && address < vma->vm_end))
			return vma;
		vma_end_read(vma);
	}
	count_vm_vma_lock_event(VMA_LOCK_ABORT);
	return NULL;
}
