// SPDX-License-Identifier: GPL-2.0
/*
 * vma_lock_stress: page faults against the system calls that change the same VMAs
 *
 * A page fault takes the lock of one VMA for reading and leaves mmap_lock alone. mprotect(),
 * munmap() and mmap() take it for writing. If a fault ever gets in while one of them owns the
 * VMA, or is refused what the finished call allows, user space can see it: an access succeeds or
 * fails against the protection, or a page has the wrong content. This program makes the two meet
 * as often as it can and checks every access against what the address space must look like.
 *
 * The world. A forked child, with an mm of its own, reserves one PROT_NONE arena:
 *
 *	guard | range 0 | guard | range 1 | guard
 *
 * Each range has one mutator, the only thread that makes modifying calls there. All readers visit
 * all ranges. A range has a generation: even while nothing is changing, odd from before a
 * modifying call until the description of its result (one state word for each page) is complete.
 * A reader brackets its access between two reads of the generation:
 *
 *   same even generation twice	no call was in flight, so the outcome must be exactly the one that
 *				the state word allows: this is a bracketed check;
 *   anything else		a call was in flight, so what was right before and what is right
 *				after are both allowed, and only what holds in both is checked.
 *
 * A page that is mapped afresh begins a new epoch and is zero. Each page has two words in use:
 *
 *   identity	stored by readers, always the same value for the same page: 0 or that value, and
 *		not 0 any more in the epoch in which some reader is known to have stored it;
 *   stamp	stored by the mutator alone, before it lets the generation become even: names page
 *		and epoch in those pages that the state word calls stamped, 0 in all others.
 *
 * So stale pages, lost pages, pages of somebody else, access through a hole and stores through a
 * read-only mapping all show. Half of the pages are scratch: never stamped, and readers zap them
 * (MADV_DONTNEED) before the access. An access to a page that is present is no fault, and takes
 * no lock; an access to a page just zapped always is one.
 *
 * The parent is controller and watchdog, and the only one that prints. It shares one mapping with
 * the child and never touches the child's mm, so a lock that is never released cannot stop it.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE	0x100000
#endif

#define NSEC_PER_SEC	1000000000ULL
#define NSEC_PER_MSEC	1000000ULL
#define NSEC_PER_USEC	1000ULL

/* What a thread can be doing. From EV_PROTECT_ALL on: the operations of mutators. */
enum event {
	EV_UNBORN,
	EV_ENDED,
	EV_NONE,
	EV_LOAD_ID,
	EV_LOAD_STAMP,
	EV_STORE_ID,
	EV_ZAP,
	EV_PROTECT_ALL,
	EV_PROTECT_PART,
	EV_UNMAP,
	EV_FILL,
	EV_REMAP,
	EV_REPLACE,
	NR_EVENTS,
};

/* States that an operation can leave behind or pass through, and a reader may meet. */
#define MAKES_READONLY	1
#define MAKES_HOLES	2

static const struct {
	const char *name;
	unsigned int makes;
} events[NR_EVENTS] = {
	[EV_UNBORN]		= { "not started", 0 },
	[EV_ENDED]		= { "ended", 0 },
	[EV_NONE]		= { "its own code", 0 },
	[EV_LOAD_ID]		= { "load of the identity", 0 },
	[EV_LOAD_STAMP]		= { "load of the stamp", 0 },
	[EV_STORE_ID]		= { "store of the identity", 0 },
	[EV_ZAP]		= { "MADV_DONTNEED", 0 },
	[EV_PROTECT_ALL]	= { "mprotect of all", MAKES_READONLY },
	[EV_PROTECT_PART]	= { "mprotect of a part", MAKES_READONLY },
	[EV_UNMAP]		= { "munmap", MAKES_HOLES },
	[EV_FILL]		= { "mmap into a hole", 0 },
	[EV_REMAP]		= { "munmap and mmap", MAKES_HOLES },
	[EV_REPLACE]		= { "mmap MAP_FIXED", 0 },
};

/*
 * The scenarios. A weight is the share of an operation among those drawn. An operation without
 * one is never drawn, and what only it could make is never right.
 */
static const struct scenario {
	const char *name;
	const char *races;
	const char *oracle;
	unsigned int weight[NR_EVENTS];
} scenarios[] = {
	{
		.name = "mprotect",
		.races = "faults against mprotect() of a range and its parts: flip, split, merge",
		.oracle = "loads succeed, stores as the protection says, no content is lost",
		.weight = { [EV_PROTECT_ALL] = 1, [EV_PROTECT_PART] = 3 },
	},
	{
		.name = "munmap_mmap",
		.races = "faults against munmap() and mmap() at the same place, a hole in between",
		.oracle = "SIGSEGV in the hole and nowhere else, fresh pages are fresh",
		.weight = { [EV_UNMAP] = 2, [EV_FILL] = 2, [EV_REMAP] = 1 },
	},
	{
		.name = "map_fixed",
		.races = "faults against mmap(MAP_FIXED) over a range and its parts",
		.oracle = "never a SIGSEGV in the range, fresh pages are fresh",
		.weight = { [EV_REPLACE] = 1 },
	},
	{
		.name = "mixed",
		.races = "faults against all of these, drawn at random",
		.oracle = "all of these",
		.weight = {
			[EV_PROTECT_ALL] = 1, [EV_PROTECT_PART] = 3, [EV_UNMAP] = 2,
			[EV_FILL] = 1, [EV_REMAP] = 1, [EV_REPLACE] = 2,
		},
	},
};

/* Ways to make one check see what it must never see, to prove that it can fail. */
enum sabotage {
	SAB_NONE,
	SAB_VALUE,
	SAB_ACCESS,
	SAB_LOST,
	SAB_HOLE,
	SAB_HANG,
	SAB_TAINT,
	SAB_IDLE,
	NR_SABOTAGES,
};

static const struct {
	const char *name;
	const char *does;
} sabotages[NR_SABOTAGES] = {
	[SAB_NONE]	= { "", "" },
	[SAB_VALUE]	= { "value", "a mutator stores a wrong stamp" },
	[SAB_ACCESS]	= { "access", "a mutator calls a page read-only and leaves it writable" },
	[SAB_LOST]	= { "lost", "a mutator zaps a page that keeps a reader's store" },
	[SAB_HOLE]	= { "hole", "a mutator unmaps a page and does not say so" },
	[SAB_HANG]	= { "hang", "a mutator never finishes a call" },
	[SAB_TAINT]	= { "taint", "the kernel seems to have warned" },
	[SAB_IDLE]	= { "idle", "no modifying call is made (ends in SKIP, not in \"not ok\")" },
};

#define NR_RANGES	2
#define RANGE_PAGES	64
#define GUARD_PAGE	RANGE_PAGES	/* the PROT_NONE page behind each range */
#define MAX_READERS	64
#define MAX_THREADS	(NR_RANGES + MAX_READERS)
#define MAX_SECONDS	86400
#define THREAD_STACK	(256 * 1024)
#define MAX_VERDICTS	8		/* failed checks told in full, for each scenario */
#define MAX_TOLD_TASKS	4		/* hanging threads told in full */
#define SABOTAGE_FROM	5		/* choices carried out honestly before that */
#define DIGEST_OPS	64
#define FAULT_FLOOR	32		/* fewer could be the threads' own stacks and counters */
#define READER_BURST	32		/* accesses between two rests of a reader */
#define READER_PERCENT	60		/* of the CPUs, for all readers together */
#define READER_REST_MAX	(5 * NSEC_PER_MSEC)
#define MUTATOR_REST	(2 * NSEC_PER_MSEC)
#define POLL_INTERVAL	(20 * NSEC_PER_MSEC)
#define DEADLINE_S	10
#define KILL_DEADLINE	(5 * NSEC_PER_SEC)

/*
 * The state word of a page: access, whether it is stamped, and its epoch. A stamp names the page
 * as well, which bounds the epoch; on 32 bits a mutator may reach that bound, and ends there.
 */
#define STATE_UNMAPPED	0UL
#define STATE_RO	1UL
#define STATE_RW	2UL
#define STATE_NONE	3UL
#define STATE_ACCESS	3UL
#define STATE_STAMPED	4UL
#define EPOCH_SHIFT	3
#define TAG_BITS	8
#define EPOCH_BITS	(sizeof(long) * CHAR_BIT - TAG_BITS)
#define EPOCH_LAST	((1UL << EPOCH_BITS) - 4)

static_assert(NR_RANGES * RANGE_PAGES < 1 << TAG_BITS, "a stamp cannot name every page");
static_assert(RANGE_PAGES <= 64, "one random number must have a bit for every page");

enum count {
	CNT_BRACKETED,		/* checks between two equal even generations */
	CNT_LOOSE,		/* checks while a call was in flight */
	CNT_SEGV,		/* SIGSEGV that had to come, or might */
	CNT_FAULTS,		/* ru_minflt */
	CNT_WAITS,		/* voluntary context switches but for the thread's own naps */
	CNT_FAILED,		/* modifying calls that failed for want of memory */
	CNT_LONGEST,		/* ns, the slowest modifying call */
	CNT_DIGEST,		/* of a mutator's first choices */
	NR_COUNTS,
};

/* What a thread of the child publishes; it alone writes it. */
struct slot {
	alignas(128) atomic_ulong progress;
	char name[24];
	atomic_int tid;
	atomic_int event;
	atomic_ulong done[NR_EVENTS];
	atomic_ulong count[NR_COUNTS];
};

/* The mapping that controller and child share. Slots: first the mutators, then the readers. */
static struct shared {
	atomic_bool running;
	atomic_bool stop;
	atomic_ulong violations;
	atomic_int call_errno;
	char no_setup[128];
	siginfo_t stray;
	struct {
		atomic_bool ready;
		char text[400];
	} verdict[MAX_VERDICTS];
	struct slot slot[MAX_THREADS];
} *shared;

/* How the child ends, unless by a signal. */
enum { CHILD_DONE, CHILD_NO_SETUP = 10, CHILD_STRAY };

static struct {
	unsigned long long seed;
	unsigned long seconds, readers, deadline;
	const struct scenario *only;
	enum sabotage sabotage;
	bool quiet;
} opt;

static size_t page_size;
static unsigned int cpus, threads;

#define tap_info(...)	ksft_print_msg(__VA_ARGS__)
#define scenario_err(s, fmt, ...) \
	tap_info("FAIL %s: seed %llu: " fmt "\n", (s)->name, opt.seed, __VA_ARGS__)

/* ---- small things ---- */

static unsigned long get(const atomic_ulong *p)
{
	return atomic_load_explicit(p, memory_order_relaxed);
}

static void set(atomic_ulong *p, unsigned long value)
{
	atomic_store_explicit(p, value, memory_order_relaxed);
}

/* Only for words with a single writer. */
static void add(atomic_ulong *p, unsigned long n)
{
	set(p, get(p) + n);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static void nap(uint64_t ns)
{
	struct timespec ts = { .tv_sec = ns / NSEC_PER_SEC, .tv_nsec = ns % NSEC_PER_SEC };

	nanosleep(&ts, NULL);
}

static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

static uint64_t next_random(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15ULL;
	return mix(*state);
}

/* Splits one random number into several small choices. */
static unsigned int take(uint64_t *draw, unsigned int n)
{
	unsigned int choice = *draw % n;

	*draw /= n;
	return choice;
}

/*
 * The stream of a thread depends on the seed, the scenario's name and the thread's place, not on
 * how many threads or scenarios there are: -c and -n leave the choices of the others as they are.
 */
static uint64_t stream_of(const struct scenario *s, bool mutator, unsigned int index)
{
	uint64_t state = opt.seed;
	const char *c;

	for (c = s->name; *c; c++)
		state = mix(state + *c);
	return mix(state + 2 * index + mutator);
}

/* ---- the child: ranges and verdicts ---- */

struct range {
	alignas(128) atomic_ulong gen;
	atomic_ulong epoch;			/* the newest that any page can have */
	atomic_ulong state[RANGE_PAGES + 1];	/* the last one is the guard */
	atomic_ulong confirmed[RANGE_PAGES];	/* epoch in which the identity surely is there */
	unsigned char *base;
	unsigned int index;
};

#define OUT_OK		1U
#define OUT_UNMAPPED	2U
#define OUT_DENIED	4U
#define OUT_OTHER	8U

struct worker {
	struct slot *slot;
	const struct scenario *scenario;
	unsigned int makes;		/* over all operations of the scenario */
	uint64_t random;
	struct range *range;		/* of a mutator; readers have none of their own */
	unsigned long ops;
	uint64_t digest;
	pthread_t thread;
	/* The access under way, and how it ended. */
	sigjmp_buf env;
	atomic_bool armed;
	unsigned int out;
	siginfo_t info;
	unsigned long value;
};

/* What a reader knows around one access. */
struct bracket {
	struct range *range;
	unsigned int page;
	unsigned long gen, state, confirmed, newest;
	bool stable;
};

static struct range ranges[NR_RANGES];
static struct worker workers[MAX_THREADS];
static __thread struct worker *self;

static bool stopping(void)
{
	return atomic_load_explicit(&shared->stop, memory_order_relaxed);
}

static void now_in(struct worker *w, enum event ev)
{
	atomic_store_explicit(&w->slot->event, ev, memory_order_relaxed);
	add(&w->slot->progress, 1);
}

static unsigned char *page_address(const struct range *r, unsigned int page)
{
	return r->base + page * page_size;
}

/* The two words lie elsewhere in every page, so that neighbours cannot be taken for each other. */
static unsigned long *page_words(const struct range *r, unsigned int page)
{
	size_t places = page_size / (2 * sizeof(long));

	return (unsigned long *)page_address(r, page) + 2 * ((page * 37 + r->index * 11) % places);
}

static unsigned long page_tag(const struct range *r, unsigned int page)
{
	return r->index * RANGE_PAGES + page + 1;
}

static unsigned long identity_of(const struct range *r, unsigned int page)
{
	return (unsigned long)mix(page_tag(r, page)) | 1;
}

static unsigned long stamp_of(const struct range *r, unsigned int page, unsigned long epoch)
{
	return page_tag(r, page) << EPOCH_BITS | epoch;
}

static bool is_scratch(unsigned int page)
{
	return page & 4;
}

static bool is_stampable(unsigned int page)
{
	return !(page & 6);
}

static void complain(struct worker *w, const struct bracket *b, enum event ev,
		     const char *expected, const char *found)
{
	static const char *const access[] = { "unmapped", "read-only", "read-write", "no access" };
	unsigned long n = atomic_fetch_add(&shared->violations, 1);

	if (n >= MAX_VERDICTS)
		return;
	snprintf(shared->verdict[n].text, sizeof(shared->verdict[n].text),
		 "range %u page %u: generation %lu (%s), %s, epoch %lu%s: %s by %s: expected %s: found %s",
		 b->range->index, b->page, b->gen, b->stable ? "stable" : "call in flight",
		 access[b->state & STATE_ACCESS], b->state >> EPOCH_SHIFT,
		 b->state & STATE_STAMPED ? ", stamped" : "", events[ev].name, w->slot->name,
		 expected, found);
	atomic_store_explicit(&shared->verdict[n].ready, true, memory_order_release);
}

static void name_outcomes(char *buf, size_t size, enum event ev, unsigned int set)
{
	const char *unmapped = ev == EV_ZAP ? "ENOMEM" : "SIGSEGV (SEGV_MAPERR)";

	snprintf(buf, size, "%s%s%s%s%s", set & OUT_OK ? "success" : "",
		 set & OUT_OK && set & ~OUT_OK ? " or " : "", set & OUT_UNMAPPED ? unmapped : "",
		 set & OUT_UNMAPPED && set & OUT_DENIED ? " or " : "",
		 set & OUT_DENIED ? "SIGSEGV (SEGV_ACCERR)" : "");
}

/* ---- the child: one access, caught ---- */

static void on_fault(int signo, siginfo_t *info, void *context)
{
	struct worker *w = self;

	(void)context;
	if (!w || !atomic_load_explicit(&w->armed, memory_order_relaxed) || info->si_code <= 0) {
		shared->stray = *info;
		_exit(CHILD_STRAY);
	}

	atomic_store_explicit(&w->armed, false, memory_order_relaxed);
	w->info = *info;
	w->out = OUT_OTHER;
	if (signo == SIGSEGV && info->si_code == SEGV_MAPERR)
		w->out = OUT_UNMAPPED;
	else if (signo == SIGSEGV && info->si_code == SEGV_ACCERR)
		w->out = OUT_DENIED;
	siglongjmp(w->env, 1);
}

/*
 * No local is changed between sigsetjmp() and the access, so none is undefined after the jump.
 * SA_NODEFER leaves no signal mask to restore, so sigsetjmp() makes no system call.
 */
static void probe(struct worker *w, unsigned long *word, bool store, unsigned long value)
{
	w->out = OUT_OK;
	if (sigsetjmp(w->env, 0))
		return;

	atomic_store_explicit(&w->armed, true, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	if (store)
		set((atomic_ulong *)word, value);
	else
		w->value = get((atomic_ulong *)word);
	atomic_signal_fence(memory_order_seq_cst);
	atomic_store_explicit(&w->armed, false, memory_order_relaxed);
}

static void zap(struct worker *w, const struct range *r, unsigned int page)
{
	w->out = OUT_OK;
	if (madvise(page_address(r, page), page_size, MADV_DONTNEED)) {
		w->out = errno == ENOMEM ? OUT_UNMAPPED : OUT_OTHER;
		w->info.si_errno = errno;
	}
}

/* ---- the child: the oracle ---- */

static unsigned int allowed_outcomes(const struct worker *w, const struct bracket *b,
				     enum event ev)
{
	bool store = ev == EV_STORE_ID;
	unsigned int allowed = OUT_OK;

	/* No call ever touches a guard: its state is right whatever the generation is. */
	if (b->stable || b->page == GUARD_PAGE) {
		switch (b->state & STATE_ACCESS) {
		case STATE_UNMAPPED:
			return OUT_UNMAPPED;
		case STATE_NONE:
			return OUT_DENIED;
		case STATE_RO:
			return store ? OUT_DENIED : OUT_OK;
		default:
			return OUT_OK;
		}
	}

	/*
	 * The call in flight may not have begun or may have ended, and more than one may have
	 * come and gone. But a scenario that makes no holes has none at any instant either, and
	 * nothing in a range is ever unreadable while mapped.
	 */
	if (w->makes & MAKES_HOLES)
		allowed |= OUT_UNMAPPED;
	if (w->makes & MAKES_READONLY && store)
		allowed |= OUT_DENIED;
	return allowed;
}

/* Whatever page the tag names is said, whether there is such a page or not. */
static void name_stamp(char *buf, size_t size, unsigned long stamp)
{
	unsigned long tag = (stamp >> EPOCH_BITS) - 1;

	if (stamp)
		snprintf(buf, size, "%#lx (range %lu page %lu epoch %lu)", stamp, tag / RANGE_PAGES,
			 tag % RANGE_PAGES, stamp & ((1UL << EPOCH_BITS) - 1));
	else
		snprintf(buf, size, "0");
}

/*
 * Content follows from the epoch in the state word in a bracketed check, and also when the epoch
 * is still the newest of its range after the access: a call that maps pages afresh announces its
 * epoch before it begins, so none has begun since.
 */
static bool content_is_known(const struct bracket *b)
{
	return b->stable || b->newest == b->state >> EPOCH_SHIFT;
}

static void judge_identity(struct worker *w, const struct bracket *b)
{
	bool kept = content_is_known(b) && !is_scratch(b->page) &&
		    b->confirmed == b->state >> EPOCH_SHIFT;
	unsigned long identity = identity_of(b->range, b->page);
	char expected[48], found[32];

	if (w->value == identity || (!kept && !w->value))
		return;
	snprintf(expected, sizeof(expected), "%s%#lx", kept ? "" : "0 or ", identity);
	snprintf(found, sizeof(found), "%#lx", w->value);
	complain(w, b, EV_LOAD_ID, expected, found);
}

static void judge_stamp(struct worker *w, const struct bracket *b)
{
	unsigned long oldest = stamp_of(b->range, b->page, b->state >> EPOCH_SHIFT);
	unsigned long newest = stamp_of(b->range, b->page, b->newest);
	char expected[128], found[80];

	if (content_is_known(b)) {
		oldest = b->state & STATE_STAMPED ? oldest : 0;
		if (w->value == oldest)
			return;
		name_stamp(expected, sizeof(expected), oldest);
	} else {
		/*
		 * The state word was published after its epoch was mapped, and the newest epoch
		 * was read after the access: what was mapped at the access lies between the two.
		 */
		if (!w->value ||
		    (is_stampable(b->page) && w->value >= oldest && w->value <= newest))
			return;
		snprintf(expected, sizeof(expected), "0 or, if stampable, %#lx to %#lx", oldest,
			 newest);
	}
	name_stamp(found, sizeof(found), w->value);
	complain(w, b, EV_LOAD_STAMP, expected, found);
}

/* Some architectures report no more of the address than the page. */
static void judge_fault_address(struct worker *w, const struct bracket *b, enum event ev)
{
	unsigned char *page = page_address(b->range, b->page), *addr = w->info.si_addr;
	char expected[64], found[64];

	if (addr >= page && addr < page + page_size)
		return;
	snprintf(expected, sizeof(expected), "si_addr in the page at %p", page);
	snprintf(found, sizeof(found), "si_addr %p", addr);
	complain(w, b, ev, expected, found);
}

static void judge_outcome(struct worker *w, const struct bracket *b, enum event ev,
			  unsigned int allowed)
{
	char expected[96], found[96];

	name_outcomes(expected, sizeof(expected), ev, allowed);
	if (w->out != OUT_OTHER)
		name_outcomes(found, sizeof(found), ev, w->out);
	else if (ev == EV_ZAP)
		snprintf(found, sizeof(found), "%s", strerror(w->info.si_errno));
	else
		snprintf(found, sizeof(found), "signal %d, code %d", w->info.si_signo,
			 w->info.si_code);
	complain(w, b, ev, expected, found);
}

static void judge(struct worker *w, const struct bracket *b, enum event ev)
{
	unsigned int allowed = allowed_outcomes(w, b, ev);

	add(&w->slot->count[b->stable ? CNT_BRACKETED : CNT_LOOSE], 1);

	if (!(w->out & allowed)) {
		judge_outcome(w, b, ev, allowed);
	} else if (ev == EV_ZAP) {
		return;
	} else if (w->out != OUT_OK) {
		add(&w->slot->count[CNT_SEGV], 1);
		judge_fault_address(w, b, ev);
	} else if (ev == EV_LOAD_ID) {
		judge_identity(w, b);
	} else if (ev == EV_LOAD_STAMP) {
		judge_stamp(w, b);
	} else if (b->stable && !is_scratch(b->page)) {
		/*
		 * The identity is in a page of this epoch. Release, with the acquire in
		 * open_bracket(): who reads the confirmation reads the store as well.
		 */
		atomic_store_explicit(&b->range->confirmed[b->page], b->state >> EPOCH_SHIFT,
				      memory_order_release);
	}
}

/*
 * The bracket must hold the access on the reader's own CPU. Towards the front acquire does: the
 * generation is read, then the state, then the page. An even generation read here pairs with the
 * release in end_change(), so state words and stamps of that generation are seen. The state is
 * acquired too, because without an even generation it is all that says which stamps were stored.
 */
static void open_bracket(struct bracket *b, struct range *r, unsigned int page)
{
	b->range = r;
	b->page = page;
	b->gen = atomic_load_explicit(&r->gen, memory_order_acquire);
	b->state = atomic_load_explicit(&r->state[page], memory_order_acquire);
	b->confirmed = 0;
	if (page < RANGE_PAGES)
		b->confirmed = atomic_load_explicit(&r->confirmed[page], memory_order_acquire);
}

/*
 * Towards the back only a full fence does: the access may be a store, and a CPU may read the
 * generation before an older store has found its page. It pairs with the fence in begin_change():
 * an access that met any effect of a call finds the odd generation, or a later one, here.
 */
static void close_bracket(struct bracket *b)
{
	atomic_thread_fence(memory_order_seq_cst);
	b->newest = get(&b->range->epoch);
	b->stable = !(b->gen & 1) && get(&b->range->gen) == b->gen;
}

/* ---- the child: readers ---- */

static void visit(struct worker *w, struct range *r, unsigned int page, enum event ev)
{
	struct bracket b;

	now_in(w, ev);
	open_bracket(&b, r, page);
	if (ev == EV_ZAP)
		zap(w, r, page);
	else
		probe(w, page_words(r, page) + (ev == EV_LOAD_STAMP), ev == EV_STORE_ID,
		      identity_of(r, page));
	close_bracket(&b);
	judge(w, &b, ev);
	add(&w->slot->done[ev], 1);
	now_in(w, EV_NONE);
}

static void reader_step(struct worker *w)
{
	static const enum event accesses[] = {
		EV_LOAD_ID, EV_LOAD_ID, EV_LOAD_ID, EV_LOAD_STAMP, EV_LOAD_STAMP, EV_LOAD_STAMP,
		EV_STORE_ID, EV_STORE_ID,
	};
	uint64_t draw = next_random(&w->random);
	struct range *r = &ranges[take(&draw, NR_RANGES)];
	enum event ev = accesses[take(&draw, ARRAY_SIZE(accesses))];
	unsigned int page = take(&draw, RANGE_PAGES);
	unsigned int kind = take(&draw, 64);

	if (!kind) {
		page = GUARD_PAGE;
	} else if (kind < 42) {
		page |= 4;
		visit(w, r, page, EV_ZAP);
	} else {
		page &= ~4U;
	}
	visit(w, r, page, ev);
}

/*
 * Readers that spin take all of a small machine, and then nothing changes under them: a mutator
 * that wakes up waits for the end of a reader's time slice. So they rest, the longer the more
 * there are of them for each CPU.
 */
static uint64_t reader_rest(uint64_t busy)
{
	unsigned int allowed = READER_PERCENT * cpus, wanted = 100 * opt.readers;
	uint64_t rest;

	if (wanted <= allowed)
		return 0;
	rest = busy * (wanted - allowed) / allowed;
	return rest < READER_REST_MAX ? rest : READER_REST_MAX;
}

static void read_until_stopped(struct worker *w)
{
	uint64_t rest, busy_before;
	struct rusage first, last;
	unsigned int i;
	long naps = 0;

	reader_step(w);
	getrusage(RUSAGE_THREAD, &first);
	do {
		busy_before = clock_ns(CLOCK_THREAD_CPUTIME_ID);
		for (i = 0; i < READER_BURST; i++)
			reader_step(w);
		rest = reader_rest(clock_ns(CLOCK_THREAD_CPUTIME_ID) - busy_before);
		if (rest) {
			naps++;
			nap(rest);
		}

		getrusage(RUSAGE_THREAD, &last);
		set(&w->slot->count[CNT_FAULTS], last.ru_minflt - first.ru_minflt);
		if (last.ru_nvcsw - first.ru_nvcsw > naps)
			set(&w->slot->count[CNT_WAITS], last.ru_nvcsw - first.ru_nvcsw - naps);
	} while (!stopping());
}

/* ---- the child: mutators choose ---- */

struct plan {
	enum event op;
	unsigned int first, count;
	bool readonly;
	uint64_t stamps;	/* which of the stampable pages, if they are mapped afresh */
	uint64_t rest;
};

static unsigned long state_of(const struct range *r, unsigned int page)
{
	return get(&r->state[page]);
}

static bool is_mapped(const struct range *r, unsigned int page)
{
	return (state_of(r, page) & STATE_ACCESS) != STATE_UNMAPPED;
}

/* How many pages from this one on are alike in being mapped or not. */
static unsigned int run_length(const struct range *r, unsigned int first, unsigned int limit)
{
	unsigned int page = first;

	while (page < limit && is_mapped(r, page) == is_mapped(r, first))
		page++;
	return page - first;
}

static bool protects(enum event op)
{
	return op == EV_PROTECT_ALL || op == EV_PROTECT_PART;
}

static bool maps_afresh(enum event op)
{
	return op == EV_FILL || op == EV_REMAP || op == EV_REPLACE;
}

static enum event choose_op(const struct scenario *s, uint64_t *draw)
{
	unsigned int total = 0, pick;
	int op;

	for (op = 0; op < NR_EVENTS; op++)
		total += s->weight[op];
	pick = take(draw, total);
	for (op = 0; pick >= s->weight[op]; op++)
		pick -= s->weight[op];
	return op;
}

/*
 * The choices come from the thread's random numbers and from the state words, and those follow
 * from earlier choices: nothing here depends on what the readers do or on the time.
 */
static struct plan choose(struct worker *w)
{
	uint64_t draw = next_random(&w->random);
	struct plan p = { .op = choose_op(w->scenario, &draw) };
	struct range *r = w->range;
	unsigned int hole, end;

	p.count = take(&draw, 8) ? 1 + take(&draw, 2 << take(&draw, 5)) : RANGE_PAGES;
	p.first = take(&draw, RANGE_PAGES - p.count + 1);
	p.readonly = take(&draw, 2);
	if (!protects(p.op))
		p.readonly = p.readonly && take(&draw, 2) && w->makes & MAKES_READONLY;
	p.stamps = next_random(&w->random);
	p.rest = next_random(&w->random);

	/* A call that would make one more hole fills one instead, so holes do not pile up. */
	hole = is_mapped(r, 0) ? run_length(r, 0, RANGE_PAGES) : 0;
	if (p.op == EV_UNMAP && hole < RANGE_PAGES)
		p.op = EV_FILL;
	else if (p.op == EV_FILL && hole == RANGE_PAGES)
		p.op = EV_UNMAP;

	if (p.op == EV_PROTECT_ALL) {
		p.readonly = (state_of(r, 0) & STATE_ACCESS) == STATE_RW;
		p.first = 0;
		p.count = RANGE_PAGES;
	}
	/* mprotect() across a hole fails half-way, so it keeps to the pages beside the hole. */
	if (protects(p.op)) {
		end = p.first + p.count;
		if (!is_mapped(r, p.first))
			p.first += run_length(r, p.first, end);
		p.count = run_length(r, p.first, end);
		if (!p.count)
			p.op = EV_FILL;
	}
	if (p.op == EV_FILL) {
		p.first = hole;
		p.count = run_length(r, hole, RANGE_PAGES);
	}
	return p;
}

/* Tells two runs with the same choices from two that differ. */
static void note_choice(struct worker *w, const struct plan *p)
{
	if (++w->ops > DIGEST_OPS)
		return;
	w->digest = mix(w->digest ^ (p->op << 24 | p->first << 16 | p->count << 8 | p->readonly));
	if (w->ops == DIGEST_OPS)
		set(&w->slot->count[CNT_DIGEST], (unsigned long)w->digest);
}

/* ---- the child: mutators act ---- */

static int protection(bool readonly)
{
	return readonly ? PROT_READ : PROT_READ | PROT_WRITE;
}

/*
 * Returns 0 or a negative errno, -EEXIST also when the kernel put the mapping somewhere else.
 * Before 4.17 MAP_FIXED_NOREPLACE is not known and the address a hint, as good in a free hole.
 */
static int map_pages(unsigned char *addr, size_t len, bool readonly, int how)
{
	void *got = mmap(addr, len, protection(readonly), MAP_PRIVATE | MAP_ANONYMOUS | how, -1, 0);

	if (got == MAP_FAILED)
		return -errno;
	if (got == addr)
		return 0;
	munmap(got, len);
	return -EEXIST;
}

static int make_calls(const struct range *r, const struct plan *p)
{
	unsigned char *addr = page_address(r, p->first);
	size_t len = p->count * page_size;

	switch (p->op) {
	case EV_PROTECT_ALL:
	case EV_PROTECT_PART:
		return mprotect(addr, len, protection(p->readonly)) ? -errno : 0;
	case EV_UNMAP:
		return munmap(addr, len) ? -errno : 0;
	case EV_REMAP:
		if (munmap(addr, len))
			return -errno;
		return map_pages(addr, len, p->readonly, MAP_FIXED_NOREPLACE);
	case EV_FILL:
		return map_pages(addr, len, p->readonly, MAP_FIXED_NOREPLACE);
	default:
		return map_pages(addr, len, p->readonly, MAP_FIXED);
	}
}

/* The fence comes before the first effect of a call; see close_bracket(). */
static void begin_change(struct range *r, bool fresh)
{
	add(&r->epoch, fresh);
	add(&r->gen, 1);
	atomic_thread_fence(memory_order_seq_cst);
}

/* The call has returned, stamps and states are stored: all of it comes before this. */
static void end_change(struct range *r)
{
	atomic_store_explicit(&r->gen, get(&r->gen) + 1, memory_order_release);
}

/* The stamp comes before the state that tells of it. */
static void publish_state(struct range *r, unsigned int page, unsigned long state)
{
	atomic_store_explicit(&r->state[page], state, memory_order_release);
}

static void mutator_complains(struct worker *w, enum event op, unsigned int page,
			      const char *expected, const char *found)
{
	struct bracket b = {
		.range = w->range,
		.page = page,
		.gen = get(&w->range->gen),
		.state = state_of(w->range, page),
	};

	complain(w, &b, op, expected, found);
}

/* The state of one page after the plan was carried out, its stamp included. */
static unsigned long settle_page(struct worker *w, const struct plan *p, unsigned int page)
{
	unsigned long access = p->readonly ? STATE_RO : STATE_RW;
	struct range *r = w->range;
	unsigned long epoch = get(&r->epoch);
	char found[64];

	if (p->op == EV_UNMAP)
		return (state_of(r, page) & ~(STATE_ACCESS | STATE_STAMPED)) | STATE_UNMAPPED;
	if (!maps_afresh(p->op))
		return (state_of(r, page) & ~STATE_ACCESS) | access;

	access |= epoch << EPOCH_SHIFT;
	if (p->readonly || !is_stampable(page) || !(p->stamps >> page & 1))
		return access;

	probe(w, page_words(r, page) + 1, true, stamp_of(r, page, epoch));
	if (w->out != OUT_OK) {
		snprintf(found, sizeof(found), "signal %d, code %d", w->info.si_signo,
			 w->info.si_code);
		mutator_complains(w, p->op, page, "a fresh page that can be stored to", found);
	}
	return access | STATE_STAMPED;
}

/*
 * After a failed call nobody knows what is mapped. The generation stays odd, so nobody is wrong
 * about it either, until the whole range has been replaced by something known.
 */
static void start_over(struct worker *w)
{
	struct range *r = w->range;
	unsigned int page;

	add(&r->epoch, 1);
	atomic_thread_fence(memory_order_seq_cst);
	while (map_pages(r->base, RANGE_PAGES * page_size, false, MAP_FIXED)) {
		if (stopping())
			return;
		add(&w->slot->progress, 1);
		nap(NSEC_PER_MSEC);
	}
	for (page = 0; page < RANGE_PAGES; page++)
		publish_state(r, page, get(&r->epoch) << EPOCH_SHIFT | STATE_RW);
	end_change(r);
}

/* ENOMEM is what a kernel short of memory says, and also what mprotect() says of a hole. */
static void call_failed(struct worker *w, const struct plan *p, int error)
{
	unsigned char resident[RANGE_PAGES];
	bool hole;

	atomic_store(&shared->call_errno, error);
	hole = error == ENOMEM && protects(p->op) &&
	       mincore(page_address(w->range, p->first), p->count * page_size, resident) &&
	       errno == ENOMEM;
	if (hole || (error != ENOMEM && error != EAGAIN))
		mutator_complains(w, p->op, p->first, "success",
				  hole ? "ENOMEM, and a hole" : strerror(error));
	else
		add(&w->slot->count[CNT_FAILED], 1);
	start_over(w);
}

/* A page for which the wrong answer will be noticed: mapped read-write, and what else it takes. */
static bool fit_for_sabotage(const struct range *r, unsigned int page)
{
	unsigned long state = state_of(r, page);

	if ((state & STATE_ACCESS) != STATE_RW)
		return false;
	if (opt.sabotage == SAB_VALUE)
		return state & STATE_STAMPED;
	if (opt.sabotage == SAB_LOST)
		return !(state & STATE_STAMPED) && get(&r->confirmed[page]) == state >> EPOCH_SHIFT;
	return true;
}

/* With the generation odd: the false world is complete before anybody believes in it. */
static void commit_sabotage(struct worker *w)
{
	struct range *r = w->range;
	unsigned int page;

	for (page = 0; page < RANGE_PAGES && !fit_for_sabotage(r, page); page++)
		;
	if (page == RANGE_PAGES)
		return;

	switch (opt.sabotage) {
	case SAB_VALUE:
		probe(w, page_words(r, page) + 1, true, stamp_of(r, page, 0));
		break;
	case SAB_ACCESS:
		publish_state(r, page, (state_of(r, page) & ~STATE_ACCESS) | STATE_RO);
		break;
	case SAB_LOST:
		madvise(page_address(r, page), page_size, MADV_DONTNEED);
		break;
	case SAB_HOLE:
		munmap(page_address(r, page), page_size);
		break;
	case SAB_HANG:
		while (r->index == 0)
			pause();
		break;
	default:
		break;
	}
}

static long own_switches(void)
{
	struct rusage ru;

	getrusage(RUSAGE_THREAD, &ru);
	return ru.ru_nvcsw;
}

static void mutate(struct worker *w, const struct plan *p)
{
	struct range *r = w->range;
	uint64_t started, took;
	long switches;
	unsigned int i;
	int error;

	now_in(w, p->op);
	begin_change(r, maps_afresh(p->op));

	switches = own_switches();
	started = now_ns();
	error = make_calls(r, p);
	took = now_ns() - started;
	add(&w->slot->count[CNT_WAITS], own_switches() - switches);
	if (took > get(&w->slot->count[CNT_LONGEST]))
		set(&w->slot->count[CNT_LONGEST], took);

	if (error) {
		call_failed(w, p, -error);
	} else {
		for (i = p->first; i < p->first + p->count; i++)
			publish_state(r, i, settle_page(w, p, i));
		if (opt.sabotage && w->ops >= SABOTAGE_FROM)
			commit_sabotage(w);
		end_change(r);
		add(&w->slot->done[p->op], 1);
	}
	now_in(w, EV_NONE);
}

static unsigned long sum_counts(enum count c, bool mutators)
{
	unsigned int i = mutators ? 0 : NR_RANGES, end = mutators ? NR_RANGES : threads;
	unsigned long sum = 0;

	for (; i < end; i++)
		sum += get(&shared->slot[i].count[c]);
	return sum;
}

/*
 * A generation is worth having if readers look at it. One call in four follows the last at once;
 * after the others the range lies still until some checks were made, but never for long, so that
 * readers in want of a change get it.
 */
static void let_readers_look(struct worker *w, uint64_t draw)
{
	unsigned long before, want;
	uint64_t until, step;

	if (!take(&draw, 4))
		return;
	want = 1UL << take(&draw, 8);
	step = NSEC_PER_USEC << take(&draw, 8);
	before = sum_counts(CNT_BRACKETED, false);
	until = now_ns() + MUTATOR_REST;
	do {
		nap(step);
		add(&w->slot->progress, 1);
	} while (!stopping() && now_ns() < until &&
		 sum_counts(CNT_BRACKETED, false) - before < want);
}

static void mutate_until_stopped(struct worker *w)
{
	while (!stopping() && get(&w->range->epoch) < EPOCH_LAST) {
		struct plan p = choose(w);

		note_choice(w, &p);
		if (opt.sabotage != SAB_IDLE)
			mutate(w, &p);
		let_readers_look(w, p.rest);
	}
}

/* ---- the child: setting up ---- */

static void *thread_main(void *arg)
{
	struct worker *w = arg;

	self = w;
	atomic_store(&w->slot->tid, syscall(SYS_gettid));
	while (!atomic_load(&shared->running))
		nap(NSEC_PER_MSEC / 10);

	now_in(w, EV_NONE);
	if (w->range)
		mutate_until_stopped(w);
	else
		read_until_stopped(w);
	now_in(w, EV_ENDED);
	return NULL;
}

static __noreturn void no_setup(const char *what, int error)
{
	snprintf(shared->no_setup, sizeof(shared->no_setup), "%s: %s", what, strerror(error));
	_exit(CHILD_NO_SETUP);
}

/*
 * One reservation for all ranges: munmap() leaves holes only inside of it. Nothing in the child
 * maps memory at an address of the kernel's choice once the threads run, so nothing but the
 * mutators can land in a hole.
 */
static void make_ranges(void)
{
	size_t each = (RANGE_PAGES + 1) * page_size;
	unsigned char *arena;
	unsigned int i, page;
	int error;

	arena = mmap(NULL, page_size + NR_RANGES * each, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (arena == MAP_FAILED)
		no_setup("cannot reserve the address range (ulimit -v?)", errno);

	for (i = 0; i < NR_RANGES; i++) {
		struct range *r = &ranges[i];

		r->index = i;
		r->base = arena + page_size + i * each;
		error = map_pages(r->base, RANGE_PAGES * page_size, false, MAP_FIXED);
		if (error)
			no_setup("cannot map the pages (ulimit -v?)", -error);

		set(&r->epoch, 1);
		set(&r->state[GUARD_PAGE], STATE_NONE);
		for (page = 0; page < RANGE_PAGES; page++) {
			set(&r->state[page], 1UL << EPOCH_SHIFT | STATE_RW);
			if (is_stampable(page)) {
				page_words(r, page)[1] = stamp_of(r, page, 1);
				add(&r->state[page], STATE_STAMPED);
			}
		}
	}
}

static void make_threads(const struct scenario *s)
{
	unsigned int i, op, index;
	pthread_attr_t attr;
	int error;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, THREAD_STACK);

	for (i = 0; i < threads; i++) {
		struct worker *w = &workers[i];
		bool mutator = i < NR_RANGES;

		index = mutator ? i : i - NR_RANGES;
		w->range = mutator ? &ranges[i] : NULL;
		w->slot = &shared->slot[i];
		snprintf(w->slot->name, sizeof(w->slot->name), "%s %u",
			 mutator ? "mutator" : "reader", index);
		w->random = stream_of(s, mutator, index);
		w->scenario = s;
		for (op = 0; op < NR_EVENTS; op++)
			w->makes |= s->weight[op] ? events[op].makes : 0;

		error = pthread_create(&w->thread, &attr, thread_main, w);
		if (error)
			no_setup("cannot start a thread (ulimit -u, ulimit -v?)", error);
	}
}

static void catch_signal(int signo, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa = { .sa_sigaction = handler, .sa_flags = flags | SA_SIGINFO };

	sigaction(signo, &sa, NULL);
}

static void limit_child(void)
{
	rlim_t cpu = threads * opt.seconds + 60;
	struct rlimit core = { 1, 1 }, limit;

	/* Too small for a core file, and the size at which the kernel starts no core handler. */
	if (setrlimit(RLIMIT_CORE, &core)) {
		core.rlim_cur = 0;
		core.rlim_max = 0;
		setrlimit(RLIMIT_CORE, &core);
	}

	/* Should somebody stop the controller for good, the child still ends. */
	if (!getrlimit(RLIMIT_CPU, &limit) && limit.rlim_cur > cpu) {
		limit.rlim_cur = cpu;
		setrlimit(RLIMIT_CPU, &limit);
	}
}

static __noreturn void child_main(const struct scenario *s, pid_t controller)
{
	unsigned int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != controller)
		_exit(CHILD_DONE);

	/* A terminal signals the whole group; the controller decides what follows from that. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	catch_signal(SIGSEGV, on_fault, SA_NODEFER);
	catch_signal(SIGBUS, on_fault, SA_NODEFER);
	limit_child();
	prctl(PR_SET_TIMERSLACK, 1);

	make_ranges();
	make_threads(s);
	atomic_store(&shared->running, true);
	for (i = 0; i < threads; i++)
		pthread_join(workers[i].thread, NULL);
	_exit(CHILD_DONE);
}

/* ---- the controller: what the kernel tells ---- */

static const char *const vmstat_names[] = {
	"vma_lock_success", "vma_lock_abort", "vma_lock_retry", "vma_lock_miss",
};

/* TAINT_DIE is bit 7, TAINT_WARN bit 9. */
#define TAINT_TROUBLE	0x280UL

struct kernel_view {
	bool taint_known;
	unsigned long taint;
	long long vmstat[ARRAY_SIZE(vmstat_names)];	/* or -1 */
};

static struct kernel_view look_at_kernel(void)
{
	struct kernel_view v = { 0 };
	char line[128], name[64];
	long long value;
	unsigned int i;
	FILE *f;

	f = fopen("/proc/sys/kernel/tainted", "re");
	if (f) {
		v.taint_known = fscanf(f, "%lu", &v.taint) == 1;
		fclose(f);
	}

	memset(v.vmstat, -1, sizeof(v.vmstat));
	f = fopen("/proc/vmstat", "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63s %lld", name, &value) != 2)
			continue;
		for (i = 0; i < ARRAY_SIZE(vmstat_names); i++) {
			if (!strcmp(name, vmstat_names[i]))
				v.vmstat[i] = value;
		}
	}
	if (f)
		fclose(f);
	return v;
}

static bool read_task_file(pid_t pid, int tid, const char *file, char *buf, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", pid, tid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, buf, size - 1);
	if (fd >= 0)
		close(fd);
	if (n <= 0) {
		snprintf(buf, size, "not readable");
		return false;
	}
	buf[n] = '\0';
	return true;
}

/* For none of these files does the kernel take a lock of the mm that may be stuck. */
static void print_task(pid_t pid, int tid)
{
	char stat[512], wchan[128], call[256], stack[2048], *line, *rest = stack;
	char *state;

	if (!read_task_file(pid, tid, "stat", stat, sizeof(stat)))
		return;
	/* The name of the task comes before its state and may hold anything, ")" included. */
	state = strrchr(stat, ')');
	read_task_file(pid, tid, "wchan", wchan, sizeof(wchan));
	read_task_file(pid, tid, "syscall", call, sizeof(call));
	tap_info("  tid %d: state %.1s, wchan %s, syscall %.*s\n", tid,
		 state && state[1] ? state + 2 : "?", wchan, (int)strcspn(call, "\n"), call);
	if (!read_task_file(pid, tid, "stack", stack, sizeof(stack)))
		return;
	while ((line = strsep(&rest, "\n")) && *line)
		tap_info("  tid %d: stack %s\n", tid, line);
}

/* ---- the controller: watching the child ---- */

enum ending { END_EXITED, END_KILLED, END_STUCK, END_INTERRUPTED };

struct watch {
	const struct scenario *scenario;
	pid_t pid;
	int status;
	uint64_t budget, started, ran;
	/* For how long each thread has not moved, and the child not become ready or ended. */
	unsigned long progress[MAX_THREADS];
	uint64_t idle[MAX_THREADS], unfinished;
	unsigned int told;
};

static atomic_int interrupted;

static void on_interrupt(int signo, siginfo_t *info, void *context)
{
	(void)info;
	(void)context;
	atomic_store(&interrupted, signo);
}

static unsigned long sum_done(enum event first, enum event last)
{
	unsigned long sum = 0;
	unsigned int i;
	int ev;

	for (i = 0; i < threads; i++) {
		for (ev = first; ev <= (int)last; ev++)
			sum += get(&shared->slot[i].done[ev]);
	}
	return sum;
}

static unsigned long sum_calls(void)
{
	return sum_done(EV_PROTECT_ALL, NR_EVENTS - 1);
}

static double seconds(uint64_t ns)
{
	return (double)ns / NSEC_PER_SEC;
}

static bool shows_progress(void)
{
	return !opt.quiet && isatty(STDERR_FILENO);
}

static void clear_progress(void)
{
	if (shows_progress())
		fputs("\r\033[K", stderr);
}

static void show_progress(const struct watch *watch)
{
	if (!shows_progress())
		return;
	fprintf(stderr, "\r%s: %.1f of %.1f s, faults %lu, calls %lu, checks %lu, bad %lu\033[K",
		watch->scenario->name, seconds(watch->ran), seconds(watch->budget),
		sum_counts(CNT_FAULTS, false), sum_calls(), sum_counts(CNT_BRACKETED, false),
		atomic_load(&shared->violations));
}

static void print_verdicts(struct watch *watch)
{
	while (watch->told < MAX_VERDICTS &&
	       atomic_load_explicit(&shared->verdict[watch->told].ready, memory_order_acquire)) {
		clear_progress();
		scenario_err(watch->scenario, "%s", shared->verdict[watch->told].text);
		watch->told++;
	}
}

static void update_watch(struct watch *watch, uint64_t passed)
{
	unsigned int i;

	for (i = 0; i < threads; i++) {
		unsigned long progress = get(&shared->slot[i].progress);
		int ev = atomic_load(&shared->slot[i].event);

		watch->idle[i] += passed;
		if (progress != watch->progress[i] || ev == EV_UNBORN || ev == EV_ENDED)
			watch->idle[i] = 0;
		watch->progress[i] = progress;
	}

	watch->unfinished += passed;
	if (atomic_load(&shared->running) && !stopping())
		watch->unfinished = 0;
}

/* True, with all there is to know printed, if something has not moved for too long. */
static bool hangs(const struct watch *watch)
{
	uint64_t limit = opt.deadline * NSEC_PER_SEC;
	unsigned int i, told = 0;

	for (i = 0; i < threads; i++) {
		const struct slot *slot = &shared->slot[i];

		if (watch->idle[i] < limit || told++ >= MAX_TOLD_TASKS)
			continue;
		clear_progress();
		scenario_err(watch->scenario, "%s (tid %d): in %s: expected an end within %lu s: found none for %.1f s",
			     slot->name, atomic_load(&slot->tid),
			     events[atomic_load(&slot->event)].name, opt.deadline,
			     seconds(watch->idle[i]));
		print_task(watch->pid, atomic_load(&slot->tid));
	}
	if (told || watch->unfinished < limit)
		return told;

	clear_progress();
	scenario_err(watch->scenario, "process %d: %s: expected an end within %lu s: found none for %.1f s",
		     watch->pid, stopping() ? "told to stop" : "setting up", opt.deadline,
		     seconds(watch->unfinished));
	print_task(watch->pid, watch->pid);
	return true;
}

/* False if the child is still there: a task in uninterruptible sleep does not die. */
static bool kill_child(struct watch *watch)
{
	uint64_t until = now_ns() + KILL_DEADLINE;

	kill(watch->pid, SIGKILL);
	while (waitpid(watch->pid, &watch->status, WNOHANG) == 0) {
		if (now_ns() > until) {
			tap_info("%s: process %d does not die, left behind\n",
				 watch->scenario->name, watch->pid);
			print_task(watch->pid, watch->pid);
			return false;
		}
		nap(POLL_INTERVAL);
	}
	return true;
}

static enum ending watch_child(struct watch *watch)
{
	uint64_t last = now_ns(), now, passed;
	unsigned int polls = 0;

	for (;;) {
		bool gone = waitpid(watch->pid, &watch->status, WNOHANG) == watch->pid;

		print_verdicts(watch);
		if (atomic_load(&interrupted) || ferror(stdout))
			return gone || kill_child(watch) ? END_INTERRUPTED : END_STUCK;
		if (gone)
			return END_EXITED;

		nap(POLL_INTERVAL);
		now = now_ns();
		/*
		 * A controller that was stopped or starved cannot tell how the child fared in
		 * that time, and often the child was stopped as well. So a gap counts as short.
		 */
		passed = now - last < 10 * POLL_INTERVAL ? now - last : POLL_INTERVAL;
		last = now;

		if (atomic_load(&shared->running) && !stopping()) {
			if (!watch->started)
				watch->started = now;
			watch->ran = now - watch->started;
			if (watch->ran >= watch->budget ||
			    (opt.sabotage && atomic_load(&shared->violations)))
				atomic_store(&shared->stop, true);
			if (polls++ % 8 == 0)
				show_progress(watch);
		}

		update_watch(watch, passed);
		if (hangs(watch))
			return kill_child(watch) ? END_KILLED : END_STUCK;
	}
}

/* ---- the controller: results ---- */

static void print_reached(const struct watch *watch)
{
	const char *name = watch->scenario->name;
	double ran = watch->ran ? seconds(watch->ran) : 1;
	unsigned long violations = atomic_load(&shared->violations);
	unsigned long faults = sum_counts(CNT_FAULTS, false), calls = sum_calls();
	unsigned long accesses = sum_done(EV_LOAD_ID, EV_STORE_ID);
	unsigned long checks = sum_counts(CNT_BRACKETED, false);
	unsigned long longest = 0;
	unsigned int i;
	int op;

	if (violations)
		tap_info("%s: %lu checks failed, %u of them told above\n", name, violations,
			 watch->told);
	tap_info("%s: %.1f s, faults %lu (%.0f/s), accesses %lu (%.0f/s), zaps %lu\n", name,
		 seconds(watch->ran), faults, faults / ran, accesses, accesses / ran,
		 sum_done(EV_ZAP, EV_ZAP));
	tap_info("%s: bracketed checks %lu (%.0f/s), checks with a call in flight %lu, expected SIGSEGV (guards included) %lu\n",
		 name, checks, checks / ran, sum_counts(CNT_LOOSE, false),
		 sum_counts(CNT_SEGV, false));

	tap_info("%s: modifying operations %lu (%.0f/s):", name, calls, calls / ran);
	for (op = EV_PROTECT_ALL; op < NR_EVENTS; op++) {
		if (watch->scenario->weight[op])
			printf(" %s %lu,", events[op].name, sum_done(op, op));
	}
	for (i = 0; i < NR_RANGES; i++) {
		if (get(&shared->slot[i].count[CNT_LONGEST]) > longest)
			longest = get(&shared->slot[i].count[CNT_LONGEST]);
	}
	printf(" failed %lu; the longest took %.3f ms\n", sum_counts(CNT_FAILED, true),
	       (double)longest / NSEC_PER_MSEC);

	tap_info("%s: waits, inferred from voluntary context switches: readers %lu, mutators %lu\n",
		 name, sum_counts(CNT_WAITS, false), sum_counts(CNT_WAITS, true));
	tap_info("%s: digest of the first %d choices of each mutator (0: not so many):", name,
		 DIGEST_OPS);
	for (i = 0; i < NR_RANGES; i++)
		printf(" %lx", get(&shared->slot[i].count[CNT_DIGEST]));
	putchar('\n');
}

static void print_vmstat(const char *name, const struct kernel_view *before,
			 const struct kernel_view *after)
{
	bool any = false;
	unsigned int i;

	tap_info("%s: vmstat of the whole system:", name);
	for (i = 0; i < ARRAY_SIZE(vmstat_names); i++) {
		if (before->vmstat[i] < 0 || after->vmstat[i] < 0)
			continue;
		any = true;
		printf(" %s +%lld", vmstat_names[i], after->vmstat[i] - before->vmstat[i]);
	}
	puts(any ? "" : " not available: kernel without CONFIG_PER_VMA_LOCK_STATS");
}

static bool child_failed(const struct scenario *s, int status)
{
	const siginfo_t *stray = &shared->stray;

	if (WIFSIGNALED(status))
		scenario_err(s, "process: expected exit: found death by signal %d (%s)",
			     WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == CHILD_STRAY)
		scenario_err(s, "process: expected no signal but at a checked access: found signal %d, code %d, at %p",
			     stray->si_signo, stray->si_code, stray->si_addr);
	else if (WEXITSTATUS(status) != CHILD_DONE)
		scenario_err(s, "process: expected exit 0: found exit %d", WEXITSTATUS(status));
	else
		return false;
	return true;
}

static bool kernel_warned(const struct scenario *s, const struct kernel_view *before,
			  const struct kernel_view *after)
{
	unsigned long taint = after->taint & ~before->taint & TAINT_TROUBLE;

	if (!before->taint_known || !after->taint_known)
		taint = 0;
	if (opt.sabotage == SAB_TAINT)
		taint = TAINT_TROUBLE;
	if (taint)
		scenario_err(s, "/proc/sys/kernel/tainted: expected no warning from the kernel: found new bits %#lx, see dmesg",
			     taint);
	return taint;
}

/* A run that could not have failed proves nothing. Returns what it lacked, or NULL. */
static const char *proves_nothing(void)
{
	if (!sum_calls())
		return "no modifying call succeeded";
	if (sum_counts(CNT_FAULTS, false) < FAULT_FLOOR)
		return "readers took no page faults";
	if (!sum_counts(CNT_BRACKETED, false))
		return "no bracketed check was made";
	return NULL;
}

static __noreturn void give_up(const struct scenario *s)
{
	int signo = atomic_load(&interrupted);

	if (signo)
		ksft_exit_fail_msg("%s: interrupted by signal %d (%s)\n", s->name, signo,
				   strsignal(signo));
	exit(KSFT_FAIL);
}

struct result {
	int code;
	char why[200];		/* of a skip */
	bool stuck;		/* a process is left behind */
};

static void skip(struct result *result, const char *what, int error)
{
	result->code = KSFT_SKIP;
	snprintf(result->why, sizeof(result->why), "%s%s%s", what, error ? ": " : "",
		 error ? strerror(error) : "");
}

static struct result run_scenario(const struct scenario *s, uint64_t budget)
{
	struct watch watch = { .scenario = s, .budget = budget };
	struct result result = { .code = KSFT_FAIL };
	struct kernel_view before, after;
	pid_t controller = getpid();
	enum ending ending;
	bool bad;

	memset(shared, 0, sizeof(*shared));
	before = look_at_kernel();
	fflush(stdout);
	watch.pid = fork();
	if (watch.pid < 0) {
		skip(&result, "cannot fork (ulimit -u?)", errno);
		return result;
	}
	if (!watch.pid)
		child_main(s, controller);

	ending = watch_child(&watch);
	after = look_at_kernel();
	clear_progress();
	if (ending == END_EXITED && WIFEXITED(watch.status) &&
	    WEXITSTATUS(watch.status) == CHILD_NO_SETUP) {
		skip(&result, shared->no_setup, 0);
		return result;
	}

	bad = ending != END_EXITED || child_failed(s, watch.status);
	if (kernel_warned(s, &before, &after) || atomic_load(&shared->violations))
		bad = true;
	print_reached(&watch);
	print_vmstat(s->name, &before, &after);
	if (atomic_load(&interrupted) || ferror(stdout))
		give_up(s);

	result.stuck = ending == END_STUCK;
	if (!bad && proves_nothing())
		skip(&result, proves_nothing(), atomic_load(&shared->call_errno));
	else if (!bad)
		result.code = KSFT_PASS;
	return result;
}

/* ---- options ---- */

static __noreturn __printf(1, 2) void usage_error(const char *fmt, ...)
{
	va_list ap;

	fputs("vma_lock_stress: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(KSFT_FAIL);
}

static unsigned long long parse_number(int option, unsigned long long min,
				       unsigned long long max)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(optarg, &end, 10);
	if (*optarg < '0' || *optarg > '9' || *end || errno || value < min || value > max)
		usage_error("-%c \"%.40s\": give a whole number from %llu to %llu", option, optarg,
			    min, max);
	return value;
}

static const struct scenario *scenario_named(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scenarios); i++) {
		if (!strcmp(name, scenarios[i].name))
			return &scenarios[i];
	}
	usage_error("-c \"%.40s\": no such scenario, -l lists them", name);
}

static enum sabotage sabotage_named(const char *name)
{
	int i;

	for (i = SAB_NONE + 1; i < NR_SABOTAGES; i++) {
		if (!strcmp(name, sabotages[i].name))
			return i;
	}
	usage_error("-B \"%.40s\": no such sabotage, -h lists them", name);
}

static unsigned int usable_cpus(void)
{
	cpu_set_t cpu_set;

	if (!sched_getaffinity(0, sizeof(cpu_set), &cpu_set))
		return CPU_COUNT(&cpu_set);
	/* EINVAL: the kernel has more CPUs than fit. */
	return errno == EINVAL ? CPU_SETSIZE : 1;
}

static void list_scenarios(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scenarios); i++)
		printf("%-12s %s; %s\n", scenarios[i].name, scenarios[i].races,
		       scenarios[i].oracle);
}

static void help(void)
{
	int i;

	printf("usage: vma_lock_stress [options]\n"
	       "Page faults against the system calls that change the same VMAs. Writes TAP.\n\n"
	       "  -t SECONDS   for all scenarios together (8)\n"
	       "  -n THREADS   that fault, 1 to %d (as many as CPUs, but 2 to 16)\n"
	       "  -c SCENARIO  only this one\n"
	       "  -s SEED      of the choices of all threads (from the clock)\n"
	       "  -w SECONDS   without progress that make a hang (%d; 1 with -B hang)\n"
	       "  -q           no progress on the terminal\n"
	       "  -l           list the scenarios: what races; what must hold\n"
	       "  -B SABOTAGE  prove that a check can fail, the result must be \"not ok\":\n",
	       MAX_READERS, DEADLINE_S);
	for (i = SAB_NONE + 1; i < NR_SABOTAGES; i++)
		printf("                 %-7s %s\n", sabotages[i].name, sabotages[i].does);
	printf("\nExit status: 0 passed, 1 failed or not run as asked, 4 nothing tested.\n");
}

static void parse_options(int argc, char **argv)
{
	int option;

	opt.seed = mix(clock_ns(CLOCK_REALTIME) + getpid()) >> 32;
	opt.seconds = 8;
	opt.readers = cpus < 2 ? 2 : cpus > 16 ? 16 : cpus;
	opterr = 0;
	while ((option = getopt(argc, argv, ":t:n:c:s:w:B:qlh")) != -1) {
		switch (option) {
		case 't':
			opt.seconds = parse_number('t', 1, MAX_SECONDS);
			break;
		case 'n':
			opt.readers = parse_number('n', 1, MAX_READERS);
			break;
		case 's':
			opt.seed = parse_number('s', 0, ULLONG_MAX);
			break;
		case 'w':
			opt.deadline = parse_number('w', 1, MAX_SECONDS);
			break;
		case 'c':
			opt.only = scenario_named(optarg);
			break;
		case 'B':
			opt.sabotage = sabotage_named(optarg);
			break;
		case 'q':
			opt.quiet = true;
			break;
		case 'l':
			list_scenarios();
			exit(KSFT_PASS);
		case 'h':
			help();
			exit(KSFT_PASS);
		case ':':
			usage_error("-%c needs a value, -h tells which", optopt);
		default:
			usage_error("unknown option -%c, -h lists them", optopt);
		}
	}
	if (optind < argc)
		usage_error("\"%.40s\" is no option, -h lists them", argv[optind]);
	if (!opt.deadline)
		opt.deadline = opt.sabotage == SAB_HANG ? 1 : DEADLINE_S;
}

/* ---- main ---- */

/* Results that nobody could read are no pass, whatever they say. */
static void check_output(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return;
	fputs("vma_lock_stress: cannot write the results\n", stderr);
	_exit(KSFT_FAIL);
}

static void print_setting(void)
{
	struct kernel_view v = look_at_kernel();
	struct utsname un;

	uname(&un);
	tap_info("seed %llu: -s %llu repeats the choices of every thread\n", opt.seed,
		 opt.seed);
	tap_info("%lu faulting threads, %d mutators, %u CPUs, pages of %zu bytes, %s %s %s\n",
		 opt.readers, NR_RANGES, cpus, page_size, un.sysname, un.release, un.machine);
	if (!v.taint_known)
		tap_info("/proc/sys/kernel/tainted is not readable: warnings of the kernel go unseen\n");
	else if (v.taint & TAINT_TROUBLE)
		tap_info("the kernel had warned before this run (tainted %lu): more of the same goes unseen\n",
			 v.taint);
	if (opt.sabotage)
		tap_info("sabotage \"%s\": %s\n", sabotages[opt.sabotage].name,
			 sabotages[opt.sabotage].does);
}

int main(int argc, char **argv)
{
	unsigned int i, planned, skipped = 0;
	bool stuck = false;
	sigset_t none;

	atexit(check_output);
	cpus = usable_cpus();
	page_size = sysconf(_SC_PAGESIZE);
	parse_options(argc, argv);
	threads = NR_RANGES + opt.readers;
	planned = opt.only ? 1 : ARRAY_SIZE(scenarios);

	/* Whoever starts this may leave signals blocked and children unreaped. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGCHLD, SIG_DFL);
	catch_signal(SIGINT, on_interrupt, 0);
	catch_signal(SIGTERM, on_interrupt, 0);
	catch_signal(SIGHUP, on_interrupt, 0);
	ksft_print_header();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (shared == MAP_FAILED)
		ksft_exit_skip("cannot map shared memory: %s\n", strerror(errno));
	ksft_set_plan(planned);
	print_setting();

	for (i = 0; i < ARRAY_SIZE(scenarios); i++) {
		const struct scenario *s = &scenarios[i];
		struct result result = { 0 };

		if (opt.only && opt.only != s)
			continue;
		if (stuck)
			skip(&result, "not run: a process of an earlier scenario does not die", 0);
		else
			result = run_scenario(s, opt.seconds * NSEC_PER_SEC / planned);
		stuck |= result.stuck;

		if (result.code == KSFT_SKIP)
			ksft_test_result_code(KSFT_SKIP, s->name, "%s", result.why);
		else
			ksft_test_result(result.code == KSFT_PASS, "%s\n", s->name);
		skipped += result.code == KSFT_SKIP;
	}

	if (skipped == planned) {
		ksft_print_cnts();
		exit(KSFT_SKIP);
	}
	ksft_finished();
}
