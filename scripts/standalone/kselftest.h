/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stand-in for the kernel's tools/testing/selftests/kselftest.h, for building
 * vma_lock_stress where there is a C compiler but no kernel tree. It has the
 * calls that program makes and no others, and writes the same lines as the
 * kernel's header does. Inside a kernel tree the kernel's own header is used.
 */
#ifndef VMA_LOCK_STANDALONE_KSELFTEST_H
#define VMA_LOCK_STANDALONE_KSELFTEST_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define KSFT_PASS	0
#define KSFT_FAIL	1
#define KSFT_SKIP	4

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif
#ifndef __noreturn
#define __noreturn	__attribute__((noreturn))
#endif
#define __printf(f, v)	__attribute__((format(printf, f, v)))

static struct {
	unsigned int planned, passed, failed, skipped;
} ksft_tally;

static inline unsigned int ksft_test_num(void)
{
	return ksft_tally.passed + ksft_tally.failed + ksft_tally.skipped;
}

/* Whole lines only, so that a reader of a pipe sees each result when it is known. */
static inline void ksft_print_header(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* A runner that sets this has begun the TAP document itself. */
	if (!getenv("KSFT_TAP_LEVEL"))
		puts("TAP version 13");
}

static inline void ksft_set_plan(unsigned int tests)
{
	ksft_tally.planned = tests;
	printf("1..%u\n", tests);
}

static inline __printf(1, 2) void ksft_print_msg(const char *fmt, ...)
{
	va_list ap;

	fputs("# ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

static inline __printf(1, 2) void ksft_test_result_pass(const char *fmt, ...)
{
	va_list ap;

	ksft_tally.passed++;
	printf("ok %u ", ksft_test_num());
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

static inline __printf(1, 2) void ksft_test_result_fail(const char *fmt, ...)
{
	va_list ap;

	ksft_tally.failed++;
	printf("not ok %u ", ksft_test_num());
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

static inline __printf(1, 2) void ksft_test_result_skip(const char *fmt, ...)
{
	va_list ap;

	ksft_tally.skipped++;
	printf("ok %u # SKIP ", ksft_test_num());
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

/* One result by its exit code, its name kept apart from what there is to say about it. */
static inline __printf(3, 4)
void ksft_test_result_code(int code, const char *name, const char *fmt, ...)
{
	const char *verdict = "ok", *directive = fmt ? " #  " : "";
	va_list ap;

	if (code == KSFT_PASS) {
		ksft_tally.passed++;
	} else if (code == KSFT_SKIP) {
		ksft_tally.skipped++;
		directive = " # SKIP ";
	} else {
		ksft_tally.failed++;
		verdict = "not ok";
	}

	printf("%s %u %s%s", verdict, ksft_test_num(), name, directive);
	if (fmt) {
		va_start(ap, fmt);
		vprintf(fmt, ap);
		va_end(ap);
	}
	putchar('\n');
}

#define ksft_test_result(good, ...)				\
	do {							\
		if (good)					\
			ksft_test_result_pass(__VA_ARGS__);	\
		else						\
			ksft_test_result_fail(__VA_ARGS__);	\
	} while (0)

static inline void ksft_print_cnts(void)
{
	if (ksft_tally.skipped) {
		ksft_print_msg("%u skipped test(s) detected. ", ksft_tally.skipped);
		puts("Consider enabling relevant config options to improve coverage.");
	}
	if (ksft_test_num() != ksft_tally.planned)
		ksft_print_msg("Planned tests != run tests (%u != %u)\n",
			       ksft_tally.planned, ksft_test_num());
	ksft_print_msg("Totals: pass:%u fail:%u xfail:0 xpass:0 skip:%u error:0\n",
		       ksft_tally.passed, ksft_tally.failed, ksft_tally.skipped);
}

static inline __noreturn void ksft_finished(void)
{
	bool good = ksft_tally.passed + ksft_tally.skipped == ksft_tally.planned;

	ksft_print_cnts();
	exit(good ? KSFT_PASS : KSFT_FAIL);
}

/* For a run that cannot go on: tells the TAP reader not to wait for the rest of the plan. */
static inline __noreturn __printf(1, 2) void ksft_exit_fail_msg(const char *fmt, ...)
{
	va_list ap;

	fputs("Bail out! ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	ksft_print_cnts();
	exit(KSFT_FAIL);
}

/* Only before the plan: afterwards a test is skipped, not the program. */
static inline __noreturn __printf(1, 2) void ksft_exit_skip(const char *fmt, ...)
{
	va_list ap;

	fputs("1..0 # SKIP ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	exit(KSFT_SKIP);
}

#endif /* VMA_LOCK_STANDALONE_KSELFTEST_H */
