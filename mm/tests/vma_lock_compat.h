/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the kernels spell what the per-VMA lock tests need: the one place that
 * knows about versions.
 */
#ifndef _MM_TESTS_VMA_LOCK_COMPAT_H
#define _MM_TESTS_VMA_LOCK_COMPAT_H

#include <kunit/test.h>
#include <linux/mm_types.h>
#include <linux/module.h>

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

/* From here on the calling thread's warnings are counted instead of printed. */
static inline void vma_lock_warnings_begin(struct kunit *test, struct vma_lock_warnings *w)
{
	memset(__start_once, 0, __end_once - __start_once);
	w->w = kunit_start_suppress_warning(test);
}

/* Return: how many there were. */
static inline int vma_lock_warnings_end(struct kunit *test, struct vma_lock_warnings *w)
{
	int count = kunit_suppressed_warning_count(w->w);

	kunit_end_suppress_warning(test, w->w);
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
