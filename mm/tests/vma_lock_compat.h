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

/* 6.15 named the flag and the limit after the lock, 7.x after the count. */
#ifdef VM_REFCNT_EXCLUDE_READERS_FLAG
#define VMA_LOCK_FLAG	((unsigned int)VM_REFCNT_EXCLUDE_READERS_FLAG)
#define VMA_LOCK_LIMIT	((unsigned int)VM_REFCNT_LIMIT)
#else
#define VMA_LOCK_FLAG	((unsigned int)VMA_LOCK_OFFSET)
#define VMA_LOCK_LIMIT	((unsigned int)VMA_REF_LIMIT)
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
