/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the kernels spell what the per-VMA lock tests need: the one place that
 * knows about versions.
 */
#ifndef _MM_TESTS_VMA_LOCK_COMPAT_H
#define _MM_TESTS_VMA_LOCK_COMPAT_H

#include <kunit/test.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <linux/mmap_lock.h>
#include <linux/module.h>
#include <linux/timer.h>

/*
 * What not every kernel with this lock has. What came when 7.x renamed the flag, or
 * before, is known by that name. A kernel that took a function over from a newer
 * one says so by a macro of the function's own name.
 */
#ifdef VM_REFCNT_EXCLUDE_READERS_FLAG
#define VMA_LOCK_IS_OF_7_X		1
#else
#define VMA_LOCK_IS_OF_7_X		0
#endif

#if VMA_LOCK_IS_OF_7_X || defined(mmap_lock_speculate_try_begin)
#define VMA_LOCK_HAS_SPECULATION	1
#else
#define VMA_LOCK_HAS_SPECULATION	0
#endif

/* Walks of /proc/PID/maps and PROCMAP_QUERY without mmap_lock need it. */
#if VMA_LOCK_IS_OF_7_X || defined(lock_next_vma)
#define VMA_LOCK_HAS_NEXT		1
#else
#define VMA_LOCK_HAS_NEXT		0
#endif

#if VMA_LOCK_IS_OF_7_X || defined(vma_start_write_killable)
#define VMA_LOCK_HAS_KILLABLE		1
#else
#define VMA_LOCK_HAS_KILLABLE		0
#endif

#if VMA_LOCK_IS_OF_7_X || defined(vma_assert_stabilised)
#define VMA_LOCK_HAS_STABILISED		1
#else
#define VMA_LOCK_HAS_STABILISED		0
#endif

/* It came in the release that also brought this flag. */
#if defined(VM_UFFD_RWP) || defined(vma_assert_can_modify)
#define VMA_LOCK_HAS_CAN_MODIFY		1
#define vma_lock_assert_can_modify(vma)	vma_assert_can_modify(vma)
#else
#define VMA_LOCK_HAS_CAN_MODIFY		0
#define vma_lock_assert_can_modify(vma)	((void)(vma))
#endif

/* In the same release vma_shrink() stopped asking for what does not change. */
#define VMA_LOCK_SHRINK_TAKES_START	(!VMA_LOCK_HAS_CAN_MODIFY)

/* System calls that are functions of their arguments, and not of a set of registers. */
#if defined(CONFIG_ARCH_HAS_SYSCALL_WRAPPER) || defined(MODULE)
#define VMA_LOCK_HAS_SYSCALLS		0
#else
#define VMA_LOCK_HAS_SYSCALLS		1
#endif

/* madvise() reads a VMA under its lock; dup_mmap() is there for all of mm/. */
#define VMA_LOCK_HAS_MADVISE		VMA_LOCK_IS_OF_7_X
#define VMA_LOCK_HAS_DUP_MMAP		VMA_LOCK_IS_OF_7_X

/* MADV_COLLAPSE beside readers that may free page tables. */
#if VMA_LOCK_IS_OF_7_X && defined(CONFIG_TRANSPARENT_HUGEPAGE) && defined(CONFIG_ADVISE_SYSCALLS)
#define VMA_LOCK_HAS_COLLAPSE		1
#else
#define VMA_LOCK_HAS_COLLAPSE		0
#endif

/* Objects of a kernel that frees VMAs by call_rcu() are never seen recycled. */
#ifdef vma_lock_freed_by_rcu
#define VMA_LOCK_IS_TYPESAFE		0
#else
#define VMA_LOCK_IS_TYPESAFE		1
#endif

/* What is not there is compiled, and never called: VMA_LOCK_NEEDS() skips. */
#if !VMA_LOCK_HAS_SPECULATION
static inline bool mmap_lock_speculate_try_begin(struct mm_struct *mm, unsigned int *seq)
{
	*seq = 0;
	return false;
}

static inline bool mmap_lock_speculate_retry(struct mm_struct *mm, unsigned int seq)
{
	return true;
}
#endif

#if !VMA_LOCK_HAS_NEXT
static inline struct vm_area_struct *lock_next_vma(struct mm_struct *mm, struct vma_iterator *vmi,
						   unsigned long from)
{
	return ERR_PTR(-EOPNOTSUPP);
}
#endif

#if !VMA_LOCK_HAS_KILLABLE
static inline int vma_start_write_killable(struct vm_area_struct *vma)
{
	vma_start_write(vma);
	return 0;
}
#endif

#if !VMA_LOCK_HAS_STABILISED
static inline void vma_assert_stabilised(struct vm_area_struct *vma)
{
}
#endif

/* A case about what this kernel has not ends here, with the words. */
#define VMA_LOCK_NEEDS(test, has, what)				\
do {								\
	if (!(has))						\
		kunit_skip(test, "this kernel has no %s", what);	\
} while (0)

/* The timers got their present names at once. */
#ifdef timer_container_of
#define vma_lock_timer_destroy(timer)	timer_destroy_on_stack(timer)
#else
#define vma_lock_timer_destroy(timer)	destroy_timer_on_stack(timer)
#endif

/* 6.15 named the flag after the lock, 7.x after the count. */
#ifdef VM_REFCNT_EXCLUDE_READERS_FLAG
#define VMA_LOCK_FLAG	((unsigned int)VM_REFCNT_EXCLUDE_READERS_FLAG)
#else
#define VMA_LOCK_FLAG	((unsigned int)VMA_LOCK_OFFSET)
#endif

/* By contract, whatever the kernel's own limit says: that one is under test. */
#define VMA_LOCK_LIMIT	(VMA_LOCK_FLAG - 1)

/* The question of the last reader: 6.15 asked it under another name. */
#ifdef VM_REFCNT_EXCLUDE_READERS_FLAG
#define vma_lock_are_readers_excluded(count) __vma_are_readers_excluded(count)
#else
#define vma_lock_are_readers_excluded(count) is_vma_writer_only(count)
#endif

/*
 * Warnings that are expected can be suppressed since 7.2. Those of DEBUG_VM come
 * once a boot; the flags that remember it can be cleared from built-in code only.
 */
#if defined(kunit_warning_suppress) && !defined(MODULE)
#include <asm/sections.h>

#define VMA_LOCK_CAN_SUPPRESS	1

struct vma_lock_warnings {
	struct kunit_suppressed_warning *w;
};

/* Let all that warns once warn once more. */
static inline void vma_lock_forget_warnings(void)
{
	memset(__start_once, 0, __end_once - __start_once);
}

/* From here on the calling thread's warnings are counted instead of printed. */
static inline void vma_lock_warnings_begin(struct kunit *test, struct vma_lock_warnings *w)
{
	vma_lock_forget_warnings();
	w->w = kunit_start_suppress_warning(test);
}

/* Return: how many there were. */
static inline int vma_lock_warnings_end(struct kunit *test, struct vma_lock_warnings *w)
{
	int count = kunit_suppressed_warning_count(w->w);

	kunit_end_suppress_warning(test, w->w);
	/* A warning that nobody expects later must not be taken for one of these. */
	vma_lock_forget_warnings();
	return count;
}
#else
#define VMA_LOCK_CAN_SUPPRESS	0

struct vma_lock_warnings {
};

static inline void vma_lock_warnings_begin(struct kunit *test, struct vma_lock_warnings *w)
{
}

static inline int vma_lock_warnings_end(struct kunit *test, struct vma_lock_warnings *w)
{
	return 0;
}
#endif

/* A VMA flag that may be set with the VMA read-locked only, where there is one. */
#ifdef VM_MAYBE_GUARD
#define VMA_LOCK_ATOMIC_FLAG ilog2(VM_MAYBE_GUARD)
#endif

/*
 * Since 6.18 a parameter generator is told the test. The arguments of the macro
 * are names, which is why they stand without parentheses.
 */
#ifdef KUNIT_CASE_PARAM_WITH_INIT
#define VMA_LOCK_GEN_PARAMS(name, prev, desc) \
	const void *name(struct kunit *test, const void *prev, char *desc)
#else
#define VMA_LOCK_GEN_PARAMS(name, prev, desc) \
	const void *name(const void *prev, char *desc)
#endif

/* MODULE_IMPORT_NS() takes a string since 6.13, and a bare word before. */
#define VMA_LOCK_IMPORT_KUNIT_NS() MODULE_INFO(import_ns, "EXPORTED_FOR_KUNIT_TESTING")

#endif /* _MM_TESTS_VMA_LOCK_COMPAT_H */
