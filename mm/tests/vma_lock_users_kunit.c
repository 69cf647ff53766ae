// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the users of the per-VMA lock, as far as they can be called in
 * the kernel: that who changes a VMA write-locks it first, and that who reads one
 * under its own lock neither waits for mmap_lock nor keeps anything.
 *
 * Everything runs on an mm that no task has: kernel threads borrow it.
 */
#include "vma_lock_fixture.h"

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

/* For dup_mmap() and vma_shrink(). */
#include "../internal.h"

/* For page tables and mprotect_fixup(). Not every architecture lets a module include it. */
#ifndef MODULE
#include <asm/pgalloc.h>
#include <asm/tlb.h>
#endif

#define FLAG	VMA_LOCK_FLAG
#define LIMIT	VMA_LOCK_LIMIT

/*
 * Changes of a mapping of which one page has a reader. All of them must meet the
 * reader with FLAG+2, which is the write lock, before anything is changed. A wait
 * with FLAG+1 would be the detach, which comes when the range has been changed.
 */
enum vma_lock_change {
	UNMAP,
	MAP_OVER,
	FILL_HOLE,
	ADVISE,
	ADVISE_LIKE_BELOW,
	ADVISE_LIKE_ABOVE,
	ADVISE_LIKE_BOTH,
	SET_FLAGS,
	CLEAR_FLAGS,
	GROW_STACK,
	FORK,
	PROTECT,
	SHRINK,
	LOCK,
	MOVE,
};

static const struct vma_lock_change_param {
	const char *name;
	enum vma_lock_change change;
	unsigned long pages;	/* of the mapping */
	unsigned long at;	/* the page that is changed */
	unsigned long hole;	/* a page that was unmapped before, 0: none */
	unsigned long reader;	/* the page whose VMA has the reader */
} vma_lock_changes[] = {
	{ "munmap of a whole VMA", UNMAP, 1, 0, 0, 0 },
	{ "munmap at the beginning of a VMA", UNMAP, 2, 0, 0, 0 },
	{ "munmap at the end of a VMA", UNMAP, 2, 1, 0, 0 },
	{ "munmap in the middle of a VMA", UNMAP, 3, 1, 0, 0 },
	{ "mmap over a whole VMA", MAP_OVER, 1, 0, 0, 0 },
	{ "mmap over the middle of a VMA", MAP_OVER, 3, 1, 0, 0 },
	{ "mmap that extends the VMA below", FILL_HOLE, 4, 1, 1, 0 },
	{ "mmap that merges the VMA above away", FILL_HOLE, 4, 1, 1, 2 },
	{ "madvise of a whole VMA", ADVISE, 1, 0, 0, 0 },
	{ "madvise in the middle of a VMA", ADVISE, 3, 1, 0, 1 },
	/* Two VMAs become one, then three; each of them has the reader in its turn. */
	{ "madvise that merges with the VMA below, read", ADVISE_LIKE_BELOW, 3, 1, 0, 0 },
	{ "madvise that merges it with the VMA below", ADVISE_LIKE_BELOW, 3, 1, 0, 1 },
	{ "madvise that merges it with the VMA above", ADVISE_LIKE_ABOVE, 3, 1, 0, 1 },
	{ "madvise that merges with the VMA above, read", ADVISE_LIKE_ABOVE, 3, 1, 0, 2 },
	{ "madvise that merges three, read below", ADVISE_LIKE_BOTH, 3, 1, 0, 0 },
	{ "madvise that merges three, read itself", ADVISE_LIKE_BOTH, 3, 1, 0, 1 },
	{ "madvise that merges three, read above", ADVISE_LIKE_BOTH, 3, 1, 0, 2 },
	{ "vm_flags_set()", SET_FLAGS, 1, 0, 0, 0 },
	{ "vm_flags_clear()", CLEAR_FLAGS, 1, 0, 0, 0 },
	{ "growth of a stack", GROW_STACK, 1, 0, 0, 0 },
	{ "fork", FORK, 1, 0, 0, 0 },
	/* Neither split nor merged: nobody but the change itself takes the lock. */
	{ "mprotect of a whole VMA", PROTECT, 1, 0, 0, 0 },
	{ "vma_shrink()", SHRINK, 2, 1, 0, 0 },
	{ "mlock of a whole VMA", LOCK, 1, 0, 0, 0 },
	{ "mremap of a whole VMA", MOVE, 1, 0, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(vma_lock_change, vma_lock_changes, name);

/* The change, and where its mapping is. */
struct vma_lock_changing {
	const struct vma_lock_change_param *p;
	unsigned long addr;
	unsigned long target;		/* of mremap: nothing is mapped there */
	struct mm_struct *copy;		/* of fork */
};

#ifndef MODULE
static int vma_lock_grow_stack(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	/* Called with mmap_lock held for read, and returns so if it could do it. */
	mmap_read_lock(mm);
	vma = expand_stack(mm, addr);
	if (!vma)
		return -ENOMEM;
	mmap_read_unlock(mm);
	return 0;
}

static int vma_lock_fork(struct vma_lock_changing *c, struct mm_struct *mm)
{
#if VMA_LOCK_HAS_DUP_MMAP
	return dup_mmap(c->copy, mm);
#else
	return -EOPNOTSUPP;
#endif
}

static int vma_lock_advise(struct mm_struct *mm, unsigned long addr, int advice)
{
#ifdef CONFIG_ADVISE_SYSCALLS
	return do_madvise(mm, addr, PAGE_SIZE, advice);
#else
	return -EOPNOTSUPP;
#endif
}

/* As exec() makes a stack executable. */
static int vma_lock_protect(struct mm_struct *mm, unsigned long addr)
{
	VMA_ITERATOR(vmi, mm, addr);
	struct vm_area_struct *vma, *prev = NULL;
	struct mmu_gather tlb;
	int ret;

	mmap_write_lock(mm);
	vma = vma_find(&vmi, addr + PAGE_SIZE);
	tlb_gather_mmu(&tlb, mm);
	ret = mprotect_fixup(&vmi, &tlb, vma, &prev, addr, addr + PAGE_SIZE,
			     vma->vm_flags & ~VM_WRITE);
	tlb_finish_mmu(&tlb);
	mmap_write_unlock(mm);
	return ret;
}

static int vma_lock_shrink(struct mm_struct *mm, unsigned long end)
{
	VMA_ITERATOR(vmi, mm, end);
	struct vm_area_struct *vma;
	int ret;

	mmap_write_lock(mm);
	vma = vma_find(&vmi, end + PAGE_SIZE);
#if VMA_LOCK_SHRINK_TAKES_START
	ret = vma_shrink(&vmi, vma, vma->vm_start, end, vma->vm_pgoff);
#else
	ret = vma_shrink(&vmi, vma, end);
#endif
	mmap_write_unlock(mm);
	return ret;
}
#else
static int vma_lock_protect(struct mm_struct *mm, unsigned long addr)
{
	return -EOPNOTSUPP;
}

static int vma_lock_shrink(struct mm_struct *mm, unsigned long end)
{
	return -EOPNOTSUPP;
}

static int vma_lock_grow_stack(struct mm_struct *mm, unsigned long addr)
{
	return -EOPNOTSUPP;
}

static int vma_lock_fork(struct vma_lock_changing *c, struct mm_struct *mm)
{
	return -EOPNOTSUPP;
}

static int vma_lock_advise(struct mm_struct *mm, unsigned long addr, int advice)
{
	return -EOPNOTSUPP;
}
#endif

/* Locked as it is touched: what mlock() does besides is to touch it. */
static int vma_lock_lock(unsigned long addr)
{
#if VMA_LOCK_HAS_SYSCALLS
	return sys_mlock2(addr, PAGE_SIZE, MLOCK_ONFAULT);
#else
	return -EOPNOTSUPP;
#endif
}

static int vma_lock_move(struct vma_lock_changing *c, unsigned long addr)
{
#if VMA_LOCK_HAS_SYSCALLS
	unsigned long ret = sys_mremap(addr, PAGE_SIZE, PAGE_SIZE,
				       MREMAP_MAYMOVE | MREMAP_FIXED, c->target);

	return ret == c->target ? 0 : -EINVAL;
#else
	return -EOPNOTSUPP;
#endif
}

static const char *vma_lock_cannot_change(enum vma_lock_change change)
{
	switch (change) {
	case ADVISE:
	case ADVISE_LIKE_BELOW:
	case ADVISE_LIKE_ABOVE:
	case ADVISE_LIKE_BOTH:
		if (!IS_ENABLED(CONFIG_ADVISE_SYSCALLS) || IS_MODULE(CONFIG_VMA_LOCK_KUNIT_TEST))
			return "needs CONFIG_ADVISE_SYSCALLS, and the suite built in";
		return NULL;
	case GROW_STACK:
		if (IS_ENABLED(CONFIG_STACK_GROWSUP))
			return "stacks grow up here";
		return IS_MODULE(CONFIG_VMA_LOCK_KUNIT_TEST) ? "needs the suite built in" : NULL;
	case FORK:
		if (!VMA_LOCK_HAS_DUP_MMAP)
			return "this kernel has no dup_mmap() that can be called";
		fallthrough;
	case PROTECT:
	case SHRINK:
		return IS_MODULE(CONFIG_VMA_LOCK_KUNIT_TEST) ? "needs the suite built in" : NULL;
	case LOCK:
	case MOVE:
		if (!VMA_LOCK_HAS_SYSCALLS)
			return "system calls take registers here, or the suite is a module";
		return NULL;
	default:
		return NULL;
	}
}

static int vma_lock_act_change(struct vma_lock_actor *a)
{
	struct vma_lock_changing *c = (struct vma_lock_changing *)a->arg;
	unsigned long addr = c->addr + c->p->at * PAGE_SIZE, mapped;
	int ret = 0;

	kthread_use_mm(a->f->mm);
	switch (c->p->change) {
	case UNMAP:
		ret = vm_munmap(addr, PAGE_SIZE);
		break;
	case MAP_OVER:
	case FILL_HOLE:
		mapped = vm_mmap(NULL, addr, PAGE_SIZE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
		ret = mapped == addr ? 0 : -EINVAL;
		break;
	case ADVISE:
	case ADVISE_LIKE_BELOW:
	case ADVISE_LIKE_ABOVE:
	case ADVISE_LIKE_BOTH:
		ret = vma_lock_advise(a->f->mm, addr, MADV_DONTFORK);
		break;
	case SET_FLAGS:
	case CLEAR_FLAGS:
		mmap_write_lock(a->f->mm);
		if (c->p->change == SET_FLAGS)
			vm_flags_set(a->vma, VM_DONTDUMP);
		else
			vm_flags_clear(a->vma, VM_MAYEXEC);
		mmap_write_unlock(a->f->mm);
		break;
	case GROW_STACK:
		ret = vma_lock_grow_stack(a->f->mm, addr - PAGE_SIZE);
		break;
	case FORK:
		ret = vma_lock_fork(c, a->f->mm);
		break;
	case PROTECT:
		ret = vma_lock_protect(a->f->mm, addr);
		break;
	case SHRINK:
		ret = vma_lock_shrink(a->f->mm, addr);
		break;
	case LOCK:
		ret = vma_lock_lock(addr);
		break;
	case MOVE:
		ret = vma_lock_move(c, addr);
		break;
	}
	flush_signals(current);
	kthread_unuse_mm(a->f->mm);
	return ret;
}

/* Make the VMAs beside the page different from it, until it is made like them. */
static int vma_lock_act_advise_beside(struct vma_lock_actor *a)
{
	struct vma_lock_changing *c = (struct vma_lock_changing *)a->arg;
	unsigned long addr = c->addr + c->p->at * PAGE_SIZE;
	int ret = 0;

	kthread_use_mm(a->f->mm);
	if (c->p->change != ADVISE_LIKE_ABOVE)
		ret = vma_lock_advise(a->f->mm, addr - PAGE_SIZE, MADV_DONTFORK);
	if (!ret && c->p->change != ADVISE_LIKE_BELOW)
		ret = vma_lock_advise(a->f->mm, addr + PAGE_SIZE, MADV_DONTFORK);
	kthread_unuse_mm(a->f->mm);
	return ret;
}

/* Where a stack can grow: nothing below it as far as the guard gap reaches. */
static unsigned long vma_lock_map_stack(struct vma_lock_fixture *f)
{
#ifndef MODULE
	unsigned long pages = (stack_guard_gap >> PAGE_SHIFT) + 16;
#else
	/* A module cannot ask, and does not come here: see vma_lock_cannot_change(). */
	unsigned long pages = 16;
#endif
	unsigned long addr = vma_lock_map(f, pages);

	KUNIT_ASSERT_EQ(f->test, vma_lock_unmap(f, addr, pages), 0);
	return vma_lock_map_at(f, addr + (pages - 1) * PAGE_SIZE, 1, MAP_FIXED | MAP_GROWSDOWN);
}

static void vma_lock_mmput_copy(void *mm)
{
	mmput(mm);
}

/* Everything mapped in this mm is attached, with nobody inside. */
static void vma_lock_expect_idle(struct vma_lock_fixture *f, struct mm_struct *mm,
				 const char *state)
{
	VMA_ITERATOR(vmi, mm, 0);
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	for_each_vma(vmi, vma)
		VMA_LOCK_EXPECT_COUNT(f->test, vma, 1, state, "look at every VMA");
	mmap_read_unlock(mm);
}

/* The mapping as the change needs it, and the reader's VMA. */
static struct vm_area_struct *vma_lock_change_setup(struct kunit *test,
						    const struct vma_lock_change_param *p,
						    struct vma_lock_changing *c)
{
	struct vma_lock_fixture *f = test->priv;
	struct vm_area_struct *vma;

	c->p = p;
	if (p->change == GROW_STACK)
		c->addr = vma_lock_map_stack(f);
	else
		c->addr = vma_lock_map(f, p->pages);
	if (p->hole)
		KUNIT_ASSERT_EQ(test, vma_lock_unmap(f, c->addr + p->hole * PAGE_SIZE, 1), 0);
	if (p->change >= ADVISE_LIKE_BELOW && p->change <= ADVISE_LIKE_BOTH) {
		struct vma_lock_actor *a;

		a = vma_lock_actor_start(f, "adviser", f->vma, vma_lock_act_advise_beside, NULL, c);
		KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(a, "mapped"));
		KUNIT_ASSERT_EQ(test, a->ret, 0);
	}
	if (p->change == FORK) {
		c->copy = mm_alloc();
		KUNIT_ASSERT_NOT_NULL(test, c->copy);
		KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vma_lock_mmput_copy, c->copy),
				0);
	}
	if (p->change == MOVE) {
		unsigned long room = vma_lock_map(f, 3);

		/* Not beside the VMA, which the moved page would be merged with. */
		KUNIT_ASSERT_EQ(test, vma_lock_unmap(f, room, 3), 0);
		c->target = room + PAGE_SIZE;
	}
	vma = vma_lock_find(f, c->addr + p->reader * PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, vma);
	return vma;
}

static void vma_lock_change_waits(struct kunit *test)
{
	const struct vma_lock_change_param *p = test->param_value;
	struct vma_lock_changing *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	const char *why = vma_lock_cannot_change(p->change);
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *reader, *changer;
	struct vm_area_struct *vma;
	unsigned long start, end;
	vm_flags_t flags;

	KUNIT_ASSERT_NOT_NULL(test, c);
	if (why)
		kunit_skip(test, "%s", why);
	vma = vma_lock_change_setup(test, p, c);
	start = vma->vm_start;
	end = vma->vm_end;
	flags = vma->vm_flags;
	reader = vma_lock_reader_of(f, "reader", vma);
	changer = vma_lock_actor_start(f, "changer", vma, vma_lock_act_change, NULL, c);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_waits(changer, p->name));
	VMA_LOCK_EXPECT_COUNT(test, vma, FLAG + 2, "1 reader", p->name);
	KUNIT_EXPECT_TRUE_MSG(test, vma->vm_start == start && vma->vm_end == end &&
			      vma->vm_flags == flags,
			      "state 1 reader: %s: expected %lx-%lx unchanged, found %lx-%lx or other flags",
			      p->name, start, end, vma->vm_start, vma->vm_end);
	if (p->change == MOVE)
		KUNIT_EXPECT_NULL_MSG(test, mtree_load(&f->mm->mm_mt, c->target),
				      "state 1 reader: %s: expected nothing at its target yet, found a VMA",
				      p->name);

	vma_lock_actor_leave(reader);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(changer, "writer waits, last reader gone"));
	KUNIT_EXPECT_EQ_MSG(test, changer->ret, 0,
			    "state last reader gone: %s: expected 0, found %d", p->name,
			    changer->ret);
	vma_lock_expect_idle(f, f->mm, p->name);
	if (c->copy)
		vma_lock_expect_idle(f, c->copy, "copy of fork");

	/* What the caller of the change asked for is there for a lookup. */
	start = c->addr + p->at * PAGE_SIZE;
	if (p->change == UNMAP || p->change == SHRINK || p->change == MOVE)
		vma_lock_expect_lookup(f, start, NULL, p->name);
	else if (p->change == GROW_STACK)
		vma_lock_expect_lookup(f, start - PAGE_SIZE, vma_lock_find(f, start), p->name);
	else
		vma_lock_expect_lookup(f, start, vma_lock_find(f, start), p->name);
	if (p->change == MOVE)
		vma_lock_expect_lookup(f, c->target, vma_lock_find(f, c->target), p->name);
}

/* fork() of a task that is killed while it waits leaves the parent as it was. */
static void vma_lock_fork_killed(struct kunit *test)
{
	static const struct vma_lock_change_param p = { "fork", FORK, 1 };
	struct vma_lock_changing *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	const char *why = vma_lock_cannot_change(FORK);
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *reader, *forker;
	struct vm_area_struct *vma;

	KUNIT_ASSERT_NOT_NULL(test, c);
	if (why)
		kunit_skip(test, "%s", why);
	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_KILLABLE, "vma_start_write_killable()");
	vma = vma_lock_change_setup(test, &p, c);
	reader = vma_lock_reader_of(f, "reader", vma);
	forker = vma_lock_actor_start(f, "forker", vma, vma_lock_act_change, NULL, c);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_waits(forker, "1 reader"));
	send_sig(SIGKILL, forker->task, 1);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(forker, "fork waits, killed"));
	KUNIT_EXPECT_EQ_MSG(test, forker->ret, -EINTR,
			    "state fork waits: SIGKILL: expected -EINTR, found %d", forker->ret);
	VMA_LOCK_EXPECT_COUNT(test, vma, 2, "fork waits", "SIGKILL");
	vma_lock_actor_leave(reader);
	vma_lock_expect_lookup(f, c->addr, vma, "fork killed");
}

#ifndef MODULE
static vm_fault_t vma_lock_special_fault(const struct vm_special_mapping *sm,
					 struct vm_area_struct *vma, struct vm_fault *vmf)
{
	return VM_FAULT_SIGBUS;
}

static const struct vm_special_mapping vma_lock_special = {
	.name = "[vma_lock]",
	.fault = vma_lock_special_fault,
};

static int vma_lock_map_special(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	mmap_write_lock(mm);
	vma = _install_special_mapping(mm, addr, PAGE_SIZE, VM_READ | VM_MAYREAD,
				       &vma_lock_special);
	mmap_write_unlock(mm);
	return PTR_ERR_OR_ZERO(vma);
}

/* What exec() maps: the heap of a binary, and a page of the architecture's. */
static int vma_lock_act_exec(struct vma_lock_actor *a)
{
	struct vma_lock_mapping *m = (struct vma_lock_mapping *)a->arg;
	int ret;

	kthread_use_mm(a->f->mm);
	ret = vm_brk_flags(m->addr, PAGE_SIZE, 0) ?:
	      vma_lock_map_special(a->f->mm, m->addr + 2 * PAGE_SIZE);
	kthread_unuse_mm(a->f->mm);
	return ret;
}

/* New VMAs are attached, and found, whichever way they came into being. */
static void vma_lock_new_mappings(struct kunit *test)
{
	struct vma_lock_mapping *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *a;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->addr = vma_lock_map(f, 3);
	KUNIT_ASSERT_EQ(test, vma_lock_unmap(f, m->addr, 3), 0);
	a = vma_lock_actor_start(f, "exec", f->vma, vma_lock_act_exec, NULL, m);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(a, "nothing mapped"));
	KUNIT_ASSERT_EQ(test, a->ret, 0);
	for (i = 0; i <= 2; i += 2) {
		unsigned long addr = m->addr + i * PAGE_SIZE;
		struct vm_area_struct *vma = vma_lock_find(f, addr);

		KUNIT_ASSERT_NOT_NULL(test, vma);
		VMA_LOCK_EXPECT_COUNT(test, vma, 1, "nothing mapped",
				      i ? "special mapping" : "heap of exec");
		vma_lock_expect_lookup(f, addr, vma, i ? "special mapping" : "heap of exec");
	}
}
#else
static int vma_lock_map_special(struct mm_struct *mm, unsigned long addr)
{
	return -EOPNOTSUPP;
}

static void vma_lock_new_mappings(struct kunit *test)
{
	kunit_skip(test, "needs the suite built in");
}
#endif

#ifdef VM_SEALED
static int vma_lock_act_seal(struct vma_lock_actor *a)
{
	mmap_write_lock(a->f->mm);
	vm_flags_set(a->vma, VM_SEALED);
	return 0;
}

/*
 * An munmap() of two VMAs that fails at the second has detached the first by then.
 * It attaches it again: nothing was unmapped, and lookups go on as before.
 */
static void vma_lock_munmap_fails(struct kunit *test)
{
	struct vma_lock_mapping *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	struct vma_lock_fixture *f = test->priv;
	struct vm_area_struct *first, *second;
	unsigned long addr = vma_lock_map(f, 3);
	struct vma_lock_actor *sealer, *munmap;

	KUNIT_ASSERT_NOT_NULL(test, m);
	if (VM_SEALED == VM_NONE)
		kunit_skip(test, "this architecture has no sealed mappings");
	KUNIT_ASSERT_EQ(test, vma_lock_unmap(f, addr + PAGE_SIZE, 1), 0);
	first = vma_lock_find(f, addr);
	second = vma_lock_find(f, addr + 2 * PAGE_SIZE);
	sealer = vma_lock_actor_start(f, "sealer", second, vma_lock_act_seal, vma_lock_undo_write,
				      NULL);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(sealer, "mapped"));
	vma_lock_actor_leave(sealer);

	m->addr = addr;
	m->pages = 3;
	munmap = vma_lock_actor_start(f, "munmap", first, vma_lock_act_munmap, NULL, m);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(munmap, "second of two VMAs sealed"));
	KUNIT_EXPECT_EQ_MSG(test, munmap->ret, -EPERM,
			    "state second of two VMAs sealed: munmap: expected -EPERM, found %d",
			    munmap->ret);
	VMA_LOCK_EXPECT_COUNT(test, first, 1, "munmap failed at the second VMA", "attach again");
	VMA_LOCK_EXPECT_COUNT(test, second, 1, "munmap failed at the second VMA", "nothing");
	vma_lock_expect_lookup(f, addr, first, "munmap failed");
	vma_lock_expect_lookup(f, addr + 2 * PAGE_SIZE, second, "munmap failed");
}
#else
static void vma_lock_munmap_fails(struct kunit *test)
{
	kunit_skip(test, "this kernel has no sealed mappings, which munmap() fails at");
}
#endif

/*
 * Readers. The worlds in which they must come to the same result, and whether they
 * may wait in it.
 */
enum vma_lock_world {
	IDLE,			/* nobody else is there */
	FALSE_LOCKED,		/* the sequence refuses a reader without need */
	AT_LIMIT,		/* the VMA takes no reader more */
	MMAP_LOCKED,		/* a writer has mmap_lock, and none of the VMAs */
	WRITE_LOCKED,		/* a writer has this VMA: here they wait */
};

static const struct vma_lock_world_param {
	const char *name;
	enum vma_lock_world world;
} vma_lock_worlds[] = {
	{ "idle", IDLE },
	{ "refused without need", FALSE_LOCKED },
	{ "at the limit", AT_LIMIT },
	{ "mmap_lock held, no VMA locked", MMAP_LOCKED },
	{ "write-locked", WRITE_LOCKED },
};

KUNIT_ARRAY_PARAM_DESC(vma_lock_world, vma_lock_worlds, name);

/* A page of the mm for what the reader reads, and what it is to read about. */
struct vma_lock_reading {
	unsigned long addr;	/* of the mapping that is looked at */
	unsigned long buffer;	/* of a page in another mapping */
	char *text;		/* what /proc/self/maps said */
	struct procmap_query query;
};

/*
 * Let a reader act in a world, and see that it waited or did not. Return: false if
 * the case need not go on.
 */
static bool vma_lock_read_in(struct kunit *test, const struct vma_lock_world_param *p,
			     const char *name, int (*act)(struct vma_lock_actor *a),
			     struct vma_lock_reading *r)
{
	struct vma_lock_fixture *f = test->priv;
	struct vm_area_struct *vma = vma_lock_find(f, r->addr);
	struct vma_lock_actor *writer = NULL, *reader;
	unsigned int seq = vma->vm_lock_seq;
	bool acted;

	if (p->world >= MMAP_LOCKED) {
		writer = vma_lock_actor_start(f, "writer", vma, p->world == MMAP_LOCKED ?
					      vma_lock_act_mmap_lock : vma_lock_act_write,
					      vma_lock_undo_write, NULL);
		KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "mapped"));
	}
	if (p->world == FALSE_LOCKED)
		WRITE_ONCE(vma->vm_lock_seq, f->mm->mm_lock_seq.sequence);
	if (p->world == AT_LIMIT)
		vma_lock_set_count(vma, LIMIT);

	reader = vma_lock_actor_start(f, name, vma, act, NULL, r);
	if (p->world == WRITE_LOCKED) {
		vma_lock_waits_for_mmap_lock(reader, p->name);
		vma_lock_actor_leave(writer);
	}
	acted = vma_lock_actor_acted(reader, p->name);
	if (p->world == AT_LIMIT) {
		VMA_LOCK_EXPECT_COUNT(test, vma, LIMIT, p->name, name);
		vma_lock_set_count(vma, 1);
	}
	if (p->world == FALSE_LOCKED)
		WRITE_ONCE(vma->vm_lock_seq, seq);
	if (writer)
		vma_lock_actor_leave(writer);
	KUNIT_ASSERT_TRUE(test, acted);
	KUNIT_EXPECT_EQ_MSG(test, reader->ret, 0, "state %s: %s: expected 0, found %d", p->name,
			    name, reader->ret);
	vma_lock_expect_idle(f, f->mm, name);
	return !reader->ret;
}

/* madvise(MADV_DONTNEED) reads a VMA under its lock, and drops what it maps. */
static int vma_lock_act_dontneed(struct vma_lock_actor *a)
{
	const struct vma_lock_reading *r = a->arg;
	int ret;

	kthread_use_mm(a->f->mm);
	ret = vma_lock_advise(a->f->mm, r->addr, MADV_DONTNEED);
	kthread_unuse_mm(a->f->mm);
	return ret;
}

static void vma_lock_read_madvise(struct kunit *test)
{
	const struct vma_lock_world_param *p = test->param_value;
	struct vma_lock_fixture *f = test->priv;
	const char *why = vma_lock_cannot_change(ADVISE);
	struct vma_lock_reading r = { };

	if (why)
		kunit_skip(test, "%s", why);
	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_MADVISE, "madvise() under the VMA lock");
	/* With a page to drop. */
	r.addr = vma_lock_map_at(f, 0, 1, MAP_POPULATE);
	vma_lock_read_in(test, p, "madvise", vma_lock_act_dontneed, &r);
}

static int vma_lock_act_dontneed_two(struct vma_lock_actor *a)
{
	const struct vma_lock_reading *r = a->arg;
	int ret;

	kthread_use_mm(a->f->mm);
	/* Make two of one, then read both. */
	ret = vma_lock_advise(a->f->mm, r->addr + PAGE_SIZE, MADV_DONTFORK);
#if defined(CONFIG_ADVISE_SYSCALLS) && !defined(MODULE)
	if (!ret)
		ret = do_madvise(a->f->mm, r->addr, 2 * PAGE_SIZE, MADV_DONTNEED);
#endif
	kthread_unuse_mm(a->f->mm);
	return ret;
}

/*
 * The lock of one VMA does not do for a range of two: it is given back, and both
 * are read under mmap_lock.
 */
static void vma_lock_read_madvise_two(struct kunit *test)
{
	const char *why = vma_lock_cannot_change(ADVISE);
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_reading r = { };

	if (why)
		kunit_skip(test, "%s", why);
	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_MADVISE, "madvise() under the VMA lock");
	r.addr = vma_lock_map(f, 2);
	vma_lock_read_in(test, &vma_lock_worlds[0], "madvise of two VMAs",
			 vma_lock_act_dontneed_two, &r);
}

/*
 * Page faults under the VMA lock, as an architecture's handler begins them. One that
 * comes back as done or failed leaves the lock to its caller; one that is to be tried
 * again has given it back, because what it lacked is under mmap_lock.
 */
static const struct vma_lock_fault_param {
	const char *name;
	bool write;
	bool special;		/* a mapping whose driver wants mmap_lock */
	bool mmap_locked;	/* by a writer, for all of the fault */
	bool had_fault;		/* the VMA got its anon_vma from an earlier one */
	bool retried;
} vma_lock_faults[] = {
	{ "first store", true, false, false, false, false },
	{ "first store, mmap_lock held", true, false, true, false, true },
	{ "later store, mmap_lock held", true, false, true, true, false },
	{ "load, mmap_lock held", false, false, true, false, false },
	{ "load from a driver's mapping", false, true, false, false, true },
};

KUNIT_ARRAY_PARAM_DESC(vma_lock_fault, vma_lock_faults, name);

struct vma_lock_faulting {
	unsigned long addr;
	bool write;
	bool found;		/* a VMA to fault in, read-locked */
	bool retry, failed;	/* what it came back with */
	unsigned int count;	/* after the fault, before the caller's part */
};

static int vma_lock_act_fault(struct vma_lock_actor *a)
{
	struct vma_lock_faulting *r = (struct vma_lock_faulting *)a->arg;
	unsigned int flags = FAULT_FLAG_DEFAULT | FAULT_FLAG_VMA_LOCK;
	struct vm_area_struct *vma;
	vm_fault_t fault;

	if (r->write)
		flags |= FAULT_FLAG_WRITE;
	kthread_use_mm(a->f->mm);
	vma = lock_vma_under_rcu(a->f->mm, r->addr);
	r->found = vma;
	if (vma) {
		fault = handle_mm_fault(vma, r->addr, flags, NULL);
		r->retry = fault & (VM_FAULT_RETRY | VM_FAULT_COMPLETED);
		r->failed = fault & VM_FAULT_ERROR;
		r->count = vma_lock_count(vma);
		if (!r->retry)
			vma_end_read(vma);
	}
	kthread_unuse_mm(a->f->mm);
	return 0;
}

static int vma_lock_act_map_special(struct vma_lock_actor *a)
{
	const struct vma_lock_faulting *r = a->arg;

	return vma_lock_map_special(a->f->mm, r->addr);
}

static void vma_lock_fault(struct kunit *test)
{
	struct vma_lock_faulting *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	const struct vma_lock_fault_param *p = test->param_value;
	struct vma_lock_actor *writer = NULL, *a;
	struct vma_lock_fixture *f = test->priv;
	struct vm_area_struct *vma;

	KUNIT_ASSERT_NOT_NULL(test, r);
	if (p->special && IS_MODULE(CONFIG_VMA_LOCK_KUNIT_TEST))
		kunit_skip(test, "needs the suite built in");
	r->addr = vma_lock_map(f, 2);
	r->write = p->write;
	if (p->special) {
		KUNIT_ASSERT_EQ(test, vma_lock_unmap(f, r->addr, 2), 0);
		a = vma_lock_actor_start(f, "driver", f->vma, vma_lock_act_map_special, NULL, r);
		KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(a, "nothing mapped"));
		KUNIT_ASSERT_EQ(test, a->ret, 0);
	}
	vma = vma_lock_find(f, r->addr);
	if (p->had_fault) {
		a = vma_lock_actor_start(f, "fault", vma, vma_lock_act_fault, NULL, r);
		KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(a, "mapped"));
		KUNIT_ASSERT_NOT_NULL(test, vma->anon_vma);
		r->addr += PAGE_SIZE;
	}
	if (p->mmap_locked) {
		writer = vma_lock_actor_start(f, "writer", vma, vma_lock_act_mmap_lock,
					      vma_lock_undo_write, NULL);
		KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(writer, "mapped"));
	}
	a = vma_lock_actor_start(f, "fault", vma, vma_lock_act_fault, NULL, r);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(a, p->name));
	if (writer)
		vma_lock_actor_leave(writer);
	KUNIT_ASSERT_TRUE_MSG(test, r->found,
			      "state attached, idle: lookup: expected granted, found refused");
	KUNIT_EXPECT_TRUE_MSG(test, r->retry == p->retried && !r->failed,
			      "state 1 reader: %s: expected it %s, found it %s", p->name,
			      p->retried ? "to be tried again" : "done",
			      r->failed ? "failed" : r->retry ? "to be tried again" : "done");
	KUNIT_EXPECT_EQ_MSG(test, r->count, p->retried ? 1 : 2,
			    "state 1 reader: %s: expected count %d, found %s", p->name,
			    p->retried ? 1 : 2, vma_lock_text(r->count).s);
	vma_lock_expect_idle(f, f->mm, p->name);
}

#if VMA_LOCK_HAS_COLLAPSE && !defined(MODULE)
static int vma_lock_act_collapse(struct vma_lock_actor *a)
{
	const struct vma_lock_faulting *r = a->arg;
	int ret;

	kthread_use_mm(a->f->mm);
	ret = do_madvise(a->f->mm, r->addr, HPAGE_PMD_SIZE, MADV_COLLAPSE);
	kthread_unuse_mm(a->f->mm);
	return ret;
}

/* Take the page table of this address out of the mm, or put it back. Return: what was there. */
static pmd_t vma_lock_swap_table(struct mm_struct *mm, unsigned long addr, const pmd_t *back)
{
	pmd_t *pmd = pmd_off(mm, addr), old;
	spinlock_t *ptl = pmd_lock(mm, pmd);

	old = pmdp_get(pmd);
	if (back)
		pmd_populate(mm, pmd, pmd_pgtable(*back));
	else
		pmd_clear(pmd);
	spin_unlock(ptl);
	return old;
}

/*
 * A VMA of one huge page with a small one in it. Whoever faults in a VMA that has room
 * for a huge page can get one, so the small page comes before there is that room.
 */
static struct vm_area_struct *vma_lock_map_collapsible(struct kunit *test,
						       struct vma_lock_faulting *r)
{
	struct vma_lock_fixture *f = test->priv;
	unsigned long pages = HPAGE_PMD_NR, addr;
	struct vm_area_struct *vma;
	struct vma_lock_actor *a;

	/* khugepaged does not take up an mm that it has already: nobody else shall collapse. */
	mm_flags_set(MMF_VM_HUGEPAGE, f->mm);
	addr = vma_lock_map(f, 2 * pages);
	KUNIT_ASSERT_EQ(test, vma_lock_unmap(f, addr, 2 * pages), 0);
	r->addr = ALIGN(addr, HPAGE_PMD_SIZE);
	r->write = true;
	vma_lock_map_at(f, r->addr, pages - 1, MAP_FIXED);
	vma = vma_lock_find(f, r->addr);
	a = vma_lock_actor_start(f, "fault", vma, vma_lock_act_fault, NULL, r);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(a, "mapped"));
	vma_lock_map_at(f, r->addr + (pages - 1) * PAGE_SIZE, 1, MAP_FIXED);
	vma = vma_lock_find(f, r->addr);
	KUNIT_ASSERT_NOT_NULL(test, vma->anon_vma);
	KUNIT_ASSERT_EQ(test, vma->vm_end - vma->vm_start, HPAGE_PMD_SIZE);
	return vma;
}

/*
 * Readers may free an empty page table. So what a collapse has seen of the tables before
 * it had the write lock tells nothing: here the reader that it waits for takes one away.
 */
static void vma_lock_collapse_rechecks(struct kunit *test)
{
	struct vma_lock_faulting *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	struct vma_lock_fixture *f = test->priv;
	struct vma_lock_actor *reader, *collapser;
	struct vm_area_struct *vma;
	pmd_t table, found;

	KUNIT_ASSERT_NOT_NULL(test, r);
	if (!has_transparent_hugepage())
		kunit_skip(test, "this machine has no huge pages");
	vma = vma_lock_map_collapsible(test, r);
	reader = vma_lock_reader_of(f, "reader", vma);
	collapser = vma_lock_actor_start(f, "collapser", vma, vma_lock_act_collapse, NULL, r);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_waits(collapser, "1 reader"));
	VMA_LOCK_EXPECT_COUNT(test, vma, FLAG + 2, "1 reader", "collapse");
	table = vma_lock_swap_table(f->mm, r->addr, NULL);
	vma_lock_actor_leave(reader);
	KUNIT_ASSERT_TRUE(test, vma_lock_actor_acted(collapser, "page table freed"));
	found = vma_lock_swap_table(f->mm, r->addr, &table);
	KUNIT_EXPECT_TRUE_MSG(test, pmd_none(found) && collapser->ret,
			      "state page table freed by the reader: collapse: expected it to find none, found it %s",
			      collapser->ret ? "putting another one there" : "done");
	vma_lock_expect_idle(f, f->mm, "page table freed by the reader");
}
#else
static void vma_lock_collapse_rechecks(struct kunit *test)
{
	kunit_skip(test, "needs 7.x, CONFIG_TRANSPARENT_HUGEPAGE, and the suite built in");
}
#endif

/*
 * /proc. A kernel thread has no maps there. For as long as it opens its own it
 * poses as the task that it is not: nobody but the thread itself sees that.
 */
static struct file *vma_lock_open_maps(struct vfsmount *proc)
{
	struct file *file;

	current->flags &= ~PF_KTHREAD;
	file = file_open_root_mnt(proc, "self/maps", O_RDONLY, 0);
	current->flags |= PF_KTHREAD;
	return file;
}

static struct vfsmount *vma_lock_proc;

static int vma_lock_users_suite_init(struct kunit_suite *suite)
{
	struct file_system_type *type = IS_ENABLED(CONFIG_PROC_FS) ? get_fs_type("proc") : NULL;

	if (type) {
		vma_lock_proc = kern_mount(type);
		if (IS_ERR(vma_lock_proc))
			vma_lock_proc = NULL;
	}
	return vma_lock_suite_init(suite);
}

static void vma_lock_users_suite_exit(struct kunit_suite *suite)
{
	vma_lock_suite_exit(suite);
	if (vma_lock_proc)
		kern_unmount(vma_lock_proc);
	vma_lock_proc = NULL;
}

/* A file operation of /proc/self/maps, with the mm in use. */
static int vma_lock_with_maps(struct vma_lock_actor *a,
			      int (*op)(struct file *file, struct vma_lock_reading *r))
{
	struct vma_lock_reading *r = (struct vma_lock_reading *)a->arg;
	struct file *file;
	int ret;

	kthread_use_mm(a->f->mm);
	file = vma_lock_open_maps(vma_lock_proc);
	ret = PTR_ERR_OR_ZERO(file);
	if (!ret) {
		ret = op(file, r);
		fput(file);
	}
	kthread_unuse_mm(a->f->mm);
	return ret;
}

static int vma_lock_maps_text(struct file *file, struct vma_lock_reading *r)
{
	void __user *buffer = (void __user *)r->buffer;
	ssize_t len, have = 0;

	/* A read ends with the seq_file's buffer, or sooner: until there is no more. */
	do {
		len = file->f_op->read(file, buffer, PAGE_SIZE, &file->f_pos);
		if (len < 0)
			return len;
		if (have + len >= PAGE_SIZE)
			return -E2BIG;
		if (copy_from_user(r->text + have, buffer, len))
			return -EFAULT;
		have += len;
	} while (len);
	r->text[have] = '\0';
	return 0;
}

static int vma_lock_act_read_maps(struct vma_lock_actor *a)
{
	return vma_lock_with_maps(a, vma_lock_maps_text);
}

static void vma_lock_proc_needs(struct kunit *test)
{
	VMA_LOCK_NEEDS(test, VMA_LOCK_HAS_NEXT, "/proc/PID/maps under the VMA lock");
	if (!vma_lock_proc)
		kunit_skip(test, "needs CONFIG_PROC_FS");
}

/*
 * The mapping that is looked at, and one for the buffer, with a hole between. What
 * is copied to the buffer must not fault: that would need mmap_lock.
 */
static void vma_lock_reading_setup(struct kunit *test, struct vma_lock_reading *r)
{
	struct vma_lock_fixture *f = test->priv;

	r->addr = vma_lock_map_at(f, 0, 3, MAP_POPULATE);
	r->buffer = r->addr + 2 * PAGE_SIZE;
	KUNIT_ASSERT_EQ(test, vma_lock_unmap(f, r->addr + PAGE_SIZE, 1), 0);
}

/* Each VMA of the mm is told once, in order, whatever the walk had to do for it. */
static void vma_lock_read_proc_maps(struct kunit *test)
{
	struct vma_lock_reading *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	const struct vma_lock_world_param *p = test->param_value;
	struct vma_lock_fixture *f = test->priv;
	struct vm_area_struct *vma;
	struct vma_iterator vmi;
	char *line, *text;

	KUNIT_ASSERT_NOT_NULL(test, r);
	vma_lock_proc_needs(test);
	r->text = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r->text);
	vma_lock_reading_setup(test, r);
	if (!vma_lock_read_in(test, p, "/proc/self/maps", vma_lock_act_read_maps, r))
		return;

	text = r->text;
	vma_iter_init(&vmi, f->mm, 0);
	mmap_read_lock(f->mm);
	for_each_vma(vmi, vma) {
		unsigned long start = 0, end = 0;

		line = strsep(&text, "\n");
		if (line)
			sscanf(line, "%lx-%lx", &start, &end);
		KUNIT_EXPECT_TRUE_MSG(test, start == vma->vm_start && end == vma->vm_end,
				      "state %s: /proc/self/maps: expected %lx-%lx next, found %lx-%lx",
				      p->name, vma->vm_start, vma->vm_end, start, end);
	}
	mmap_read_unlock(f->mm);

	/* Behind the VMAs there may be what the architecture adds to every task. */
	line = text;
	KUNIT_EXPECT_TRUE_MSG(test, !line || !*line || strchr(line, '['),
			      "state %s: /proc/self/maps: expected the end, found %s", p->name,
			      line);
}

#ifdef PROCMAP_QUERY
static int vma_lock_maps_query(struct file *file, struct vma_lock_reading *r)
{
	struct procmap_query __user *arg = (struct procmap_query __user *)r->buffer;
	long ret;

	r->query.size = sizeof(r->query);
	r->query.query_addr = r->addr;
	if (copy_to_user(arg, &r->query, sizeof(r->query)))
		return -EFAULT;
	ret = file->f_op->unlocked_ioctl(file, PROCMAP_QUERY, (unsigned long)arg);
	if (!ret && copy_from_user(&r->query, arg, sizeof(r->query)))
		return -EFAULT;
	return ret;
}

static int vma_lock_act_query(struct vma_lock_actor *a)
{
	return vma_lock_with_maps(a, vma_lock_maps_query);
}

static void vma_lock_read_proc_query(struct kunit *test)
{
	struct vma_lock_reading *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	const struct vma_lock_world_param *p = test->param_value;

	KUNIT_ASSERT_NOT_NULL(test, r);
	vma_lock_proc_needs(test);
	vma_lock_reading_setup(test, r);
	if (!vma_lock_read_in(test, p, "PROCMAP_QUERY", vma_lock_act_query, r))
		return;
	KUNIT_EXPECT_EQ_MSG(test, r->query.vma_start, (u64)r->addr,
			    "state %s: PROCMAP_QUERY: expected a VMA at %lx, found one at %llx",
			    p->name, r->addr, r->query.vma_start);
	KUNIT_EXPECT_EQ_MSG(test, r->query.vma_end, (u64)r->addr + PAGE_SIZE,
			    "state %s: PROCMAP_QUERY: expected a VMA up to %lx, found one up to %llx",
			    p->name, r->addr + PAGE_SIZE, r->query.vma_end);
}
#else
static void vma_lock_read_proc_query(struct kunit *test)
{
	kunit_skip(test, "this kernel has no PROCMAP_QUERY");
}
#endif

static int vma_lock_users_init(struct kunit *test)
{
	test->priv = vma_lock_fixture_create(test);
	return 0;
}

static void vma_lock_users_exit(struct kunit *test)
{
	vma_lock_fixture_check(test, test->priv);
}

static struct kunit_case vma_lock_users_cases[] = {
	KUNIT_CASE_PARAM(vma_lock_change_waits, vma_lock_change_gen_params),
	KUNIT_CASE(vma_lock_fork_killed),
	KUNIT_CASE(vma_lock_new_mappings),
	KUNIT_CASE(vma_lock_munmap_fails),
	KUNIT_CASE_PARAM(vma_lock_fault, vma_lock_fault_gen_params),
	KUNIT_CASE(vma_lock_collapse_rechecks),
	KUNIT_CASE_PARAM(vma_lock_read_madvise, vma_lock_world_gen_params),
	KUNIT_CASE(vma_lock_read_madvise_two),
	KUNIT_CASE_PARAM(vma_lock_read_proc_maps, vma_lock_world_gen_params),
	KUNIT_CASE_PARAM(vma_lock_read_proc_query, vma_lock_world_gen_params),
	{}
};

static struct kunit_suite vma_lock_users_suite = {
	.name = "vma_lock_users",
	.suite_init = vma_lock_users_suite_init,
	.suite_exit = vma_lock_users_suite_exit,
	.init = vma_lock_users_init,
	.exit = vma_lock_users_exit,
	.test_cases = vma_lock_users_cases,
};

kunit_test_suite(vma_lock_users_suite);

MODULE_DESCRIPTION("KUnit tests of the users of the per-VMA lock");
MODULE_LICENSE("GPL");
VMA_LOCK_IMPORT_KUNIT_NS();
