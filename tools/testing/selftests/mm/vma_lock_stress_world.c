// SPDX-License-Identifier: GPL-2.0
/*
 * vma_lock_stress: page faults against the system calls that change the same VMAs
 *
 * A page fault takes the lock of one VMA for reading and leaves mmap_lock alone. mprotect(),
 * munmap(), mmap(), mremap() and many more take it for writing. If a fault ever gets in while
 * one of them owns the VMA, or is refused what the finished call allows, user space can see it:
 * an access succeeds or fails against the protection, or a page has the wrong content. This file
 * makes the two meet as often as it can and checks every access against what the address space
 * must look like.
 *
 * The world. The child of a bout reserves one PROT_NONE arena:
 *
 *	guard | range 0 | guard | range 1 | guard
 *
 * Each range has one mutator, the only thread that makes modifying calls there. A range has a
 * generation: even while nothing is changing, odd from before a modifying call until the
 * description of its result (one state word for each page) is complete. A reader brackets its
 * access between two reads of the generation:
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
 * Where a file lies below a shared mapping, pages outlive their mapping: an epoch then begins
 * only when the file is punched. A "page" here may be larger than the machine's: a unit is what
 * the range is cut into, so that huge pages have a range of a few of them, or one.
 */
#include "vma_lock_stress.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED	24
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE		25
#endif
#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT		1
#endif

#define GUARD_PAGE		RANGE_PAGES	/* the page behind each range */
#define SMALL_RANGE		8		/* pages, all kinds among them */
#define SABOTAGE_FROM		5		/* choices carried out honestly before that */
#define HAMMER			16		/* lookups in a row with no fault between */
#define READER_BURST		32		/* accesses between two rests of a reader */
#define READER_PERCENT		60		/* of the CPUs, for all readers together */
#define READER_REST_MAX		(5 * NSEC_PER_MSEC)
#define MUTATOR_REST		(2 * NSEC_PER_MSEC)
#define BURST_PHASE		(4 * NSEC_PER_MSEC)

/* A stamp names the page as well, which bounds the epoch; on 32 bits a mutator may get there. */
#define TAG_BITS		8
#define EPOCH_BITS		(sizeof(long) * CHAR_BIT - TAG_BITS)
#define EPOCH_LAST		((1UL << (EPOCH_BITS - EPOCH_SHIFT)) - 4)

static_assert(MAX_RANGES * RANGE_PAGES < 1 << TAG_BITS, "a stamp cannot name every page");
static_assert(RANGE_PAGES <= 64, "one random number must have a bit for every page");

/* What a reader knows around one access. */
struct bracket {
	struct range *range;
	unsigned int page;
	unsigned long gen, state, confirmed, newest;
	bool stable;
};

static struct {
	enum backing backing;
	size_t unit;
	unsigned int pages;
	int zap;
	bool zap_reads;		/* a zap takes the lock of one VMA, and not mmap_lock */
} world;

size_t unit_size(void)
{
	return world.unit;
}

unsigned int range_pages(void)
{
	return world.pages;
}

/* ---- pages and verdicts ---- */

static unsigned char *page_address(const struct range *r, unsigned int page)
{
	return r->base + (page == GUARD_PAGE ? world.pages : page) * world.unit;
}

/* The two words lie elsewhere in every page, so that neighbours cannot be taken for each other. */
static size_t words_offset(const struct range *r, unsigned int page)
{
	size_t places = page_size / (2 * sizeof(long));

	return 2 * sizeof(long) * ((page * 37 + r->index * 11) % places);
}

static unsigned long *page_words(const struct range *r, unsigned int page)
{
	return (unsigned long *)(page_address(r, page) + words_offset(r, page));
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

static bool outlives_mapping(void)
{
	return world.backing == BACK_SHMEM || world.backing == BACK_FILE_SHARED;
}

static void complain(struct worker *w, const struct bracket *b, enum event ev,
		     const char *expected, const char *found)
{
	static const char *const access[] = { "unmapped", "read-only", "read-write", "no access" };

	check_err("range %u page %u: generation %lu (%s), %s%s, epoch %lu%s: %s by %s: expected %s: found %s",
		  b->range->index, b->page, b->gen, b->stable ? "stable" : "call in flight",
		  access[b->state & STATE_ACCESS], b->state & STATE_GUARDED ? ", guard region" : "",
		  b->state >> EPOCH_SHIFT, b->state & STATE_STAMPED ? ", stamped" : "",
		  events[ev].name, w->slot->name, expected, found);
}

static void name_outcomes(char *buf, size_t size, enum event ev, unsigned int outcomes)
{
	const char *unmapped = ev == EV_ZAP ? "ENOMEM" : "SIGSEGV (SEGV_MAPERR)";

	snprintf(buf, size, "%s%s%s%s%s", outcomes & OUT_OK ? "success" : "",
		 outcomes & OUT_OK && outcomes & ~OUT_OK ? " or " : "",
		 outcomes & OUT_UNMAPPED ? unmapped : "",
		 outcomes & OUT_UNMAPPED && outcomes & OUT_DENIED ? " or " : "",
		 outcomes & OUT_DENIED ? "SIGSEGV (SEGV_ACCERR)" : "");
}

static void zap(struct worker *w, const struct range *r, unsigned int page)
{
	w->out = OUT_OK;
	if (madvise(page_address(r, page), world.unit, world.zap)) {
		w->out = errno == ENOMEM ? OUT_UNMAPPED : OUT_OTHER;
		w->info.si_errno = errno;
	}
}

/* ---- the oracle ---- */

static unsigned int allowed_when_stable(const struct bracket *b, enum event ev)
{
	bool store = ev == EV_STORE_ID;

	switch (b->state & STATE_ACCESS) {
	case STATE_UNMAPPED:
		return OUT_UNMAPPED;
	case STATE_NONE:
		return OUT_DENIED;
	case STATE_RO:
		if (store)
			return OUT_DENIED;
		break;
	default:
		break;
	}
	/* Which of the two codes a guard region gives is the architecture's business. */
	if (b->state & STATE_GUARDED && ev != EV_ZAP)
		return OUT_UNMAPPED | OUT_DENIED;
	/* A stack that has not grown yet has nothing there to zap. */
	if (world.backing == BACK_STACK && ev == EV_ZAP)
		return OUT_OK | OUT_UNMAPPED;
	return OUT_OK;
}

static unsigned int allowed_outcomes(const struct worker *w, const struct bracket *b,
				     enum event ev)
{
	unsigned int allowed = OUT_OK;

	/* No call ever changes a guard: its state is right whatever the generation is. */
	if (b->stable || b->page == GUARD_PAGE)
		return allowed_when_stable(b, ev);

	/*
	 * The call in flight may not have begun or may have ended, and more than one may have
	 * come and gone. But a scenario that makes no holes has none at any instant either, and
	 * nothing in a range is ever unreadable while mapped, guard regions apart.
	 */
	if (w->makes & MAKES_HOLES)
		allowed |= OUT_UNMAPPED;
	if (w->makes & MAKES_READONLY && ev == EV_STORE_ID)
		allowed |= OUT_DENIED;
	if (w->makes & MAKES_GUARDS && ev != EV_ZAP)
		allowed |= OUT_UNMAPPED | OUT_DENIED;
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

	if (addr >= page && addr < page + world.unit)
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
		return;
	}
	if (!b->stable && !(w->out & allowed_when_stable(b, ev)))
		add(&w->slot->count[CNT_SURPRISES], 1);
	if (ev == EV_ZAP)
		return;
	if (w->out != OUT_OK) {
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

/* ---- readers ---- */

static void visit(struct worker *w, struct range *r, unsigned int page, enum event ev)
{
	/* One access in eight is timed: a clock costs as much as some accesses. */
	bool timed = !(w->ops++ & 7);
	uint64_t started = 0, took = 0;
	struct bracket b;

	now_in(w, ev);
	open_bracket(&b, r, page);
	if (timed)
		started = now_ns();
	if (ev == EV_ZAP)
		zap(w, r, page);
	else
		probe(w, page_words(r, page) + (ev == EV_LOAD_STAMP), ev == EV_STORE_ID,
		      identity_of(r, page));
	if (timed)
		took = now_ns() - started;
	close_bracket(&b);
	judge(w, &b, ev);
	done_with(w, ev, took);
}

static struct range *pick_range(struct worker *w, uint64_t *draw)
{
	return w->range ? w->range : &shared->range[take(draw, shared->nr_ranges)];
}

static void calm_step(struct worker *w)
{
	static const enum event accesses[] = {
		EV_LOAD_ID, EV_LOAD_ID, EV_LOAD_ID, EV_LOAD_STAMP, EV_LOAD_STAMP, EV_LOAD_STAMP,
		EV_STORE_ID, EV_STORE_ID,
	};
	uint64_t draw = next_random(&w->random);
	struct range *r = pick_range(w, &draw);
	enum event ev = accesses[take(&draw, ARRAY_SIZE(accesses))];
	unsigned int page = take(&draw, world.pages);
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
 * As much of its time as possible in the lock. The shortest way into it and out again is the zap
 * of a page that is not there; a fault has to find, clear and map a page as well. So most of a
 * reader's lookups are such zaps, in rows, and the faults and checks of content come between.
 */
static void hot_step(struct worker *w)
{
	uint64_t draw = next_random(&w->random);
	struct range *r = pick_range(w, &draw);
	unsigned int page = take(&draw, world.pages) | 4;
	unsigned int zaps = take(&draw, 4), i;

	if (world.zap_reads && take(&draw, 4)) {
		for (i = 0; i < HAMMER && !stopping(); i++)
			visit(w, r, (page + 8 * i) % world.pages, EV_ZAP);
		return;
	}
	if (!take(&draw, 8)) {
		calm_step(w);
		return;
	}
	for (i = 0; i <= zaps; i++)
		visit(w, r, (page + 8 * i) % world.pages, EV_ZAP);
	visit(w, r, page, take(&draw, 2) ? EV_STORE_ID : EV_LOAD_STAMP);
}

/* One access, at a moment that slides across the mutator's call. */
static void slide_step(struct worker *w)
{
	uint64_t draw = next_random(&w->random), started;
	unsigned int page = take(&draw, world.pages) | 4;
	struct range *r = pick_range(w, &draw);
	enum event ev = take(&draw, 2) ? EV_ZAP : EV_STORE_ID;

	if (ev == EV_STORE_ID)
		visit(w, r, page, EV_ZAP);
	if (!slide_reader(w, &started))
		return;
	visit(w, r, page, ev);
	slide_reader_done(now_ns() - started);
}

/*
 * Readers that spin take all of a small machine, and then nothing changes under them: a mutator
 * that wakes up waits for the end of a reader's time slice. So they rest, the longer the more
 * there are of them for each CPU.
 */
static uint64_t reader_rest(uint64_t busy)
{
	unsigned int allowed = READER_PERCENT * cpus, wanted = 100 * plan_readers();
	uint64_t rest, phase;

	if (bout.plan == PLAN_CROWD) {
		phase = now_ns() % (2 * BURST_PHASE);
		return phase < BURST_PHASE ? 0 : 2 * BURST_PHASE - phase;
	}
	if (bout.plan != PLAN_FREE || wanted <= allowed)
		return 0;
	rest = busy * (wanted - allowed) / allowed;
	return rest < READER_REST_MAX ? rest : READER_REST_MAX;
}

static void read_until_stopped(struct worker *w)
{
	void (*step)(struct worker *w) = calm_step;
	uint64_t rest, busy_before;
	struct rusage first, last;
	unsigned int i;
	long naps = 0;

	if (bout.plan == PLAN_SLIDE)
		step = slide_step;
	else if (bout.plan != PLAN_FREE && bout.plan != PLAN_CROWD)
		step = hot_step;
	calm_step(w);
	getrusage(RUSAGE_THREAD, &first);
	do {
		busy_before = clock_ns(CLOCK_THREAD_CPUTIME_ID);
		for (i = 0; i < READER_BURST && !stopping(); i++)
			step(w);
		rest = reader_rest(clock_ns(CLOCK_THREAD_CPUTIME_ID) - busy_before);
		if (rest) {
			naps++;
			nap(rest);
		}

		getrusage(RUSAGE_THREAD, &last);
		set(&w->slot->count[CNT_FAULTS], last.ru_minflt - first.ru_minflt);
		if (last.ru_nvcsw - first.ru_nvcsw > naps && bout.plan != PLAN_SLIDE)
			set(&w->slot->count[CNT_WAITS], last.ru_nvcsw - first.ru_nvcsw - naps);
	} while (!stopping());
}

/* ---- mutators choose ---- */

struct change {
	enum event op;
	unsigned int first, count;
	unsigned int keep;	/* pages in front that a resize leaves alone */
	bool readonly;
	bool undo;		/* the second half of an operation that has two */
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

/* Operations that a hole makes fail half-way, so that they keep to the pages beside it. */
static bool needs_mapped(enum event op)
{
	return protects(op) || op == EV_MOVE || op == EV_RESIZE || op == EV_DONTUNMAP ||
	       op == EV_LOCK || op == EV_ADVISE || op == EV_DROP || op == EV_GUARD ||
	       op == EV_PUNCH;
}

/* Does the page begin a new epoch? */
static bool refreshes(const struct change *c, unsigned int page)
{
	if (outlives_mapping())
		return c->op == EV_PUNCH;

	switch (c->op) {
	case EV_FILL:
	case EV_REMAP:
	case EV_REPLACE:
	case EV_DROP:
	case EV_DONTUNMAP:
	case EV_STACK:
	case EV_PUNCH:
		return true;
	case EV_BRK:
		return !c->undo;
	case EV_GUARD:
		return !c->undo;
	case EV_RESIZE:
		return page >= c->first + c->keep;
	default:
		return false;
	}
}

static bool refreshes_any(const struct change *c)
{
	return refreshes(c, c->first + c->count - 1);
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

/* How much of the break area there is, and how much there shall be. */
static void choose_brk(const struct range *r, struct change *c, uint64_t *draw)
{
	unsigned int now = is_mapped(r, 0) ? run_length(r, 0, world.pages) : 0;
	unsigned int then = (now + 1 + take(draw, world.pages)) % (world.pages + 1);

	c->undo = then < now;
	c->first = c->undo ? then : now;
	c->count = c->undo ? now - then : then - now;
	c->readonly = false;
}

/*
 * The choices come from the thread's random numbers and from the state words, and those follow
 * from earlier choices: nothing here depends on what the readers do or on the time.
 */
static struct change choose(struct worker *w)
{
	uint64_t draw = next_random(&w->random);
	struct change c = { .op = choose_op(w->scenario, &draw) };
	unsigned int hole, end, n = world.pages;
	bool small = plan_preempts() && n == SMALL_RANGE;
	struct range *r = w->range;

	c.count = take(&draw, 8) < (small ? 6 : 1) ? n : 1 + take(&draw, 2 << take(&draw, 5));
	if (c.count > n)
		c.count = n;
	c.first = take(&draw, n - c.count + 1);
	c.readonly = take(&draw, 2);
	if (!protects(c.op))
		c.readonly = c.readonly && take(&draw, 2) && w->makes & MAKES_READONLY;
	c.stamps = next_random(&w->random);
	c.rest = next_random(&w->random);
	/*
	 * A stamp is a fault: where calls are to be many, few of them bring more than two. Of a
	 * small range the first two pages are all that can have one, and they get none.
	 */
	if (bout.plan != PLAN_FREE && bout.plan != PLAN_CROWD && take(&draw, 4))
		c.stamps &= small ? ~3ULL : 3;

	if (c.op == EV_BRK) {
		choose_brk(r, &c, &draw);
		return c;
	}
	/* A call that would make one more hole fills one instead, so holes do not pile up. */
	hole = is_mapped(r, 0) ? run_length(r, 0, n) : 0;
	if (c.op == EV_UNMAP && hole < n)
		c.op = EV_FILL;
	else if (c.op == EV_FILL && hole == n)
		c.op = EV_UNMAP;

	if (c.op == EV_PROTECT_ALL || c.op == EV_STACK || c.op == EV_COLLAPSE) {
		if (c.op == EV_PROTECT_ALL)
			c.readonly = (state_of(r, 0) & STATE_ACCESS) == STATE_RW;
		c.first = 0;
		c.count = n;
	}
	if (c.op == EV_SEALED)
		c.count = n - c.first;
	if (needs_mapped(c.op)) {
		end = c.first + c.count;
		if (!is_mapped(r, c.first))
			c.first += run_length(r, c.first, end);
		c.count = run_length(r, c.first, end);
		if (!c.count)
			c.op = EV_FILL;
	}
	if (c.op == EV_RESIZE) {
		if (c.count < 2) {
			c.op = EV_REPLACE;
			return c;
		}
		c.keep = 1 + c.stamps % (c.count - 1);
		c.readonly = (state_of(r, c.first + c.keep - 1) & STATE_ACCESS) == STATE_RO;
	}
	if (c.op == EV_GUARD)
		c.undo = state_of(r, c.first) & STATE_GUARDED;
	if (c.op == EV_FILL) {
		c.first = hole;
		c.count = run_length(r, hole, n);
	}
	return c;
}

/* Tells two runs with the same choices from two that differ. */
static void note_choice(struct worker *w, const struct change *c)
{
	if (++w->ops > DIGEST_OPS)
		return;
	w->digest = mix(w->digest ^ (c->op << 24 | c->first << 16 | c->count << 8 | c->readonly));
	if (w->ops == DIGEST_OPS)
		set(&shared->digest[w->index], (unsigned long)w->digest);
}

/* ---- mutators act ---- */

static int protection(bool readonly)
{
	return readonly ? PROT_READ : PROT_READ | PROT_WRITE;
}

static int register_uffd(const struct range *r, unsigned char *addr, size_t len)
{
	struct uffdio_register reg = {
		.range = { .start = (uintptr_t)addr, .len = len },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	if (world.backing != BACK_UFFD)
		return 0;
	return ioctl(r->uffd, UFFDIO_REGISTER, &reg) ? -errno : 0;
}

/*
 * Returns 0 or a negative errno, -EEXIST also when the kernel put the mapping somewhere else.
 * Before 4.17 MAP_FIXED_NOREPLACE is not known and the address a hint, as good in a free hole.
 */
static int map_pages(const struct range *r, unsigned int first, unsigned int count, bool readonly,
		     int how)
{
	unsigned char *addr = page_address(r, first);
	size_t len = count * world.unit;
	off_t offset = r->fd < 0 ? 0 : (r->index * RANGE_PAGES + first) * world.unit;
	void *got;

	how |= outlives_mapping() ? MAP_SHARED : MAP_PRIVATE;
	if (r->fd < 0)
		how |= MAP_ANONYMOUS;
	if (world.backing == BACK_HUGETLB)
		how |= MAP_HUGETLB;
	got = mmap(addr, len, protection(readonly), how, r->fd, offset);
	if (got == MAP_FAILED)
		return -errno;
	if (got != addr) {
		munmap(got, len);
		return -EEXIST;
	}
	if (world.backing == BACK_THP && madvise(addr, len, MADV_HUGEPAGE))
		return -errno;
	return register_uffd(r, addr, len);
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

/* Pages that were moved are looked at where they are now: none may be lost on the way. */
static void check_moved(struct worker *w, const struct change *c)
{
	struct range *r = w->range;
	char expected[80], found[80];
	unsigned long stamp, *word;
	unsigned int page;

	for (page = c->first; page < c->first + c->count; page++) {
		if (!(state_of(r, page) & STATE_STAMPED))
			continue;
		stamp = stamp_of(r, page, state_of(r, page) >> EPOCH_SHIFT);
		word = (unsigned long *)(r->spare + (page - c->first) * world.unit +
					 words_offset(r, page));
		probe(w, word + 1, false, 0);
		if (w->out == OUT_OK && w->value == stamp)
			continue;
		name_stamp(expected, sizeof(expected), stamp);
		if (w->out == OUT_OK)
			name_stamp(found, sizeof(found), w->value);
		else
			snprintf(found, sizeof(found), "signal %d", w->info.si_signo);
		mutator_complains(w, c->op, page, expected, found);
		return;
	}
}

static int move(struct worker *w, const struct change *c, unsigned char *addr, size_t len)
{
	unsigned char *spare = w->range->spare;

	if (mremap(addr, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, spare) == MAP_FAILED)
		return -errno;
	if (c->stamps & 1)
		check_moved(w, c);
	wait_between(w);
	if (mremap(spare, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, addr) == MAP_FAILED)
		return -errno;
	return 0;
}

static int resize(struct worker *w, const struct change *c)
{
	unsigned char *last = page_address(w->range, c->first + c->keep - 1);
	size_t len = (c->count - c->keep + 1) * world.unit;

	if (mremap(last, len, world.unit, 0) == MAP_FAILED)
		return -errno;
	wait_between(w);
	if (mremap(last, world.unit, len, 0) != MAP_FAILED)
		return 0;
	/* A VMA that may not grow, for it was split or is of another kind than its neighbour. */
	return map_pages(w->range, c->first + c->keep, c->count - c->keep, c->readonly,
			 MAP_FIXED_NOREPLACE);
}

static int move_away(struct worker *w, const struct change *c, unsigned char *addr, size_t len)
{
	unsigned char *spare = w->range->spare;

	if (mremap(addr, len, len, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, spare) ==
	    MAP_FAILED)
		return -errno;
	check_moved(w, c);
	return munmap(spare, len) ? -errno : 0;
}

static int advise(const struct change *c, unsigned char *addr, size_t len)
{
	static const int advices[] = {
		MADV_RANDOM, MADV_SEQUENTIAL, MADV_NORMAL, MADV_DONTFORK, MADV_DOFORK,
		MADV_DONTDUMP, MADV_DODUMP,
	};

	return madvise(addr, len, advices[c->stamps % ARRAY_SIZE(advices)]) ? -errno : 0;
}

static int drop(const struct change *c, unsigned char *addr, size_t len)
{
	struct iovec iov = { .iov_base = addr, .iov_len = len };

	/* MADV_FREE leaves open when the pages go, so they are zapped after it. */
	if (c->stamps & 1)
		madvise(addr, len, MADV_FREE);
	/* Only recent kernels let a process do this to itself. */
	if (c->stamps & 2 &&
	    syscall(SYS_process_madvise, -10000 /* PIDFD_SELF_THREAD_GROUP */, &iov, 1,
		    world.zap, 0) == (ssize_t)len)
		return 0;
	return madvise(addr, len, world.zap) ? -errno : 0;
}

static int lock(const struct change *c, unsigned char *addr, size_t len)
{
	switch (c->stamps % 4) {
	case 0:
		return mlock(addr, len) ? -errno : 0;
	case 1:
		if (!syscall(SYS_mlock2, addr, len, MLOCK_ONFAULT))
			return 0;
		/* Not every sandbox knows it. What else it fails of, mlock() does, too. */
		return mlock(addr, len) ? -errno : 0;
	default:
		return munlock(addr, len) ? -errno : 0;
	}
}

static int reset_stack(struct range *r)
{
	unsigned char *top = page_address(r, world.pages - 1);

	if (munmap(r->base, world.pages * world.unit))
		return -errno;
	if (mmap(top, world.unit, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0) != top)
		return -errno;
	return 0;
}

static int set_brk(const struct range *r, const struct change *c)
{
	unsigned char *end = page_address(r, c->undo ? c->first : c->first + c->count);

	/* The system call returns the break there is now, whatever that is. */
	return (unsigned char *)syscall(SYS_brk, end) == end ? 0 : -ENOMEM;
}

static int make_calls(struct worker *w, const struct change *c)
{
	struct range *r = w->range;
	unsigned char *addr = page_address(r, c->first);
	size_t len = c->count * world.unit;

	switch (c->op) {
	case EV_PROTECT_ALL:
	case EV_PROTECT_PART:
		return mprotect(addr, len, protection(c->readonly)) ? -errno : 0;
	case EV_UNMAP:
		return munmap(addr, len) ? -errno : 0;
	case EV_REMAP:
		if (munmap(addr, len))
			return -errno;
		wait_between(w);
		return map_pages(r, c->first, c->count, c->readonly, MAP_FIXED_NOREPLACE);
	case EV_FILL:
		return map_pages(r, c->first, c->count, c->readonly, MAP_FIXED_NOREPLACE);
	case EV_MOVE:
		return move(w, c, addr, len);
	case EV_RESIZE:
		return resize(w, c);
	case EV_DONTUNMAP:
		return move_away(w, c, addr, len);
	case EV_LOCK:
		return lock(c, addr, len);
	case EV_ADVISE:
		return advise(c, addr, len);
	case EV_DROP:
		return drop(c, addr, len);
	case EV_GUARD:
		return madvise(addr, len, c->undo ? MADV_GUARD_REMOVE : MADV_GUARD_INSTALL) ?
		       -errno : 0;
	case EV_COLLAPSE:
		return madvise(addr, len, MADV_COLLAPSE) ? -errno : 0;
	case EV_PUNCH:
		return madvise(addr, len, MADV_REMOVE) ? -errno : 0;
	case EV_BRK:
		return set_brk(r, c);
	case EV_STACK:
		return reset_stack(r);
	case EV_SEALED:
		/* It takes the range's VMAs away, meets the sealed guard, and puts them back. */
		if (!munmap(addr, len + world.unit))
			return -EBADE;
		return errno == EPERM ? 0 : -errno;
	default:
		return map_pages(r, c->first, c->count, c->readonly, MAP_FIXED);
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

/* What the operation makes of the protection of a page. */
static unsigned long access_after(const struct change *c, unsigned int page, unsigned long state)
{
	unsigned long wanted = c->readonly ? STATE_RO : STATE_RW;

	switch (c->op) {
	case EV_PROTECT_ALL:
	case EV_PROTECT_PART:
	case EV_FILL:
	case EV_REMAP:
	case EV_REPLACE:
	case EV_STACK:
		return wanted;
	case EV_RESIZE:
		return page < c->first + c->keep ? state & STATE_ACCESS : wanted;
	case EV_UNMAP:
		return STATE_UNMAPPED;
	case EV_BRK:
		return c->undo ? STATE_UNMAPPED : STATE_RW;
	default:
		return state & STATE_ACCESS;
	}
}

static bool guarded_after(const struct change *c, unsigned long state)
{
	if (c->op == EV_GUARD)
		return !c->undo;
	if (protects(c->op) || c->op == EV_ADVISE)
		return state & STATE_GUARDED;
	return false;
}

/* The state of one page after the change was carried out, its stamp included. */
static unsigned long settle_page(struct worker *w, const struct change *c, unsigned int page)
{
	struct range *r = w->range;
	unsigned long state = state_of(r, page), access = access_after(c, page, state);
	unsigned long epoch = get(&r->epoch);
	char found[64];

	if (guarded_after(c, state))
		access |= STATE_GUARDED;
	if (!refreshes(c, page)) {
		access |= state & ~(STATE_ACCESS | STATE_STAMPED | STATE_GUARDED);
		/* Stamps go with their page, which outlives its mapping or does not. */
		if (access & STATE_ACCESS || outlives_mapping())
			access |= state & STATE_STAMPED;
		return access;
	}

	access |= epoch << EPOCH_SHIFT;
	if ((access & STATE_ACCESS) != STATE_RW || access & STATE_GUARDED || !is_stampable(page) ||
	    !(c->stamps >> page & 1))
		return access;

	probe(w, page_words(r, page) + 1, true, stamp_of(r, page, epoch));
	if (w->out != OUT_OK) {
		snprintf(found, sizeof(found), "signal %d, code %d", w->info.si_signo,
			 w->info.si_code);
		mutator_complains(w, c->op, page, "a fresh page that can be stored to", found);
	}
	return access | STATE_STAMPED;
}

static int map_everything(struct range *r)
{
	switch (world.backing) {
	case BACK_STACK:
		return reset_stack(r);
	case BACK_BRK:
		if ((unsigned char *)syscall(SYS_brk, r->base) != r->base)
			return -ENOMEM;
		return (unsigned char *)syscall(SYS_brk, r->base + world.pages * world.unit) ==
		       r->base + world.pages * world.unit ? 0 : -ENOMEM;
	default:
		return map_pages(r, 0, world.pages, false, MAP_FIXED);
	}
}

/*
 * After a failed call nobody knows what is mapped. The generation stays odd, so nobody is wrong
 * about it either, until the whole range has been replaced by something known.
 */
static void start_over(struct worker *w)
{
	struct range *r = w->range;
	unsigned int page;

	if (!outlives_mapping())
		add(&r->epoch, 1);
	atomic_thread_fence(memory_order_seq_cst);
	while (map_everything(r)) {
		if (stopping())
			return;
		add(&w->slot->progress, 1);
		nap(NSEC_PER_MSEC);
	}
	for (page = 0; page < world.pages; page++) {
		if (outlives_mapping())
			publish_state(r, page, (state_of(r, page) & ~STATE_ACCESS) | STATE_RW);
		else
			publish_state(r, page, get(&r->epoch) << EPOCH_SHIFT | STATE_RW);
	}
	end_change(r);
}

/* Errors that the kernel may give at any time, without anything being wrong. */
static bool may_refuse(enum event op, int error)
{
	switch (op) {
	case EV_COLLAPSE:
		return error == EAGAIN || error == EBUSY || error == ENOMEM || error == EINVAL;
	case EV_LOCK:
		return error == EAGAIN || error == ENOMEM || error == EPERM;
	/* Before 6.17 it takes only one VMA at a time. */
	case EV_MOVE:
	case EV_RESIZE:
	case EV_DONTUNMAP:
		return error == EFAULT || error == EINVAL;
	default:
		return false;
	}
}

/* ENOMEM is what a kernel short of memory says, and also what mprotect() says of a hole. */
static void call_failed(struct worker *w, const struct change *c, int error)
{
	unsigned char resident[RANGE_PAGES * 64];
	size_t pages = c->count * world.unit / page_size;
	bool hole;

	atomic_store(&shared->call_errno, error);
	hole = error == ENOMEM && needs_mapped(c->op) && c->op != EV_MOVE && c->op != EV_RESIZE &&
	       pages <= sizeof(resident) &&
	       mincore(page_address(w->range, c->first), c->count * world.unit, resident) &&
	       errno == ENOMEM;
	if (hole)
		mutator_complains(w, c->op, c->first, "success", "ENOMEM, and a hole");
	else if (may_refuse(c->op, error))
		add(&w->slot->count[CNT_REFUSED], 1);
	else if (error == EBADE)
		mutator_complains(w, c->op, c->first, "EPERM", "success");
	else if (error != ENOMEM && error != EAGAIN)
		mutator_complains(w, c->op, c->first, "success", strerror(error));
	else
		add(&w->slot->count[CNT_FAILED], 1);

	/* These change flags at most, which no state word speaks of. */
	if (!hole && (c->op == EV_LOCK || c->op == EV_COLLAPSE || c->op == EV_ADVISE))
		end_change(w->range);
	else
		start_over(w);
}

/* A page for which the wrong answer will be noticed: mapped read-write, and what else it takes. */
static bool fit_for_sabotage(const struct range *r, unsigned int page)
{
	unsigned long state = state_of(r, page);

	if (opt.sabotage == SAB_GUARD)
		return state & STATE_GUARDED && (state & STATE_ACCESS) == STATE_RW;
	if ((state & STATE_ACCESS) != STATE_RW || state & STATE_GUARDED)
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

	for (page = 0; page < world.pages && !fit_for_sabotage(r, page); page++)
		;
	if (page == world.pages)
		return;

	switch (opt.sabotage) {
	case SAB_VALUE:
		probe(w, page_words(r, page) + 1, true, stamp_of(r, page, 0));
		break;
	case SAB_ACCESS:
		publish_state(r, page, (state_of(r, page) & ~STATE_ACCESS) | STATE_RO);
		break;
	case SAB_LOST:
		if (outlives_mapping())
			madvise(page_address(r, page), world.unit, MADV_REMOVE);
		else
			madvise(page_address(r, page), world.unit, world.zap);
		break;
	case SAB_HOLE:
		munmap(page_address(r, page), world.unit);
		break;
	case SAB_GUARD:
		madvise(page_address(r, page), world.unit, MADV_GUARD_REMOVE);
		break;
	case SAB_HANG:
		while (r->index == 0)
			pause();
		break;
	case SAB_COLLAPSE:
		nap(2 * NSEC_PER_SEC);
		break;
	default:
		break;
	}
}

static void mutate(struct worker *w, const struct change *c)
{
	struct range *r = w->range;
	uint64_t started, took;
	long switches;
	unsigned int i;
	int error;

	now_in(w, c->op);
	begin_change(r, refreshes_any(c));

	w->seen.naps = 0;
	switches = own_switches();
	started = now_ns();
	error = make_calls(w, c);
	took = now_ns() - started;
	switches = own_switches() - switches - w->seen.naps;
	if (switches > 0)
		add(&w->slot->count[CNT_WAITS], switches);

	if (error) {
		call_failed(w, c, -error);
		now_in(w, EV_NONE);
		return;
	}
	for (i = c->first; i < c->first + c->count; i++)
		publish_state(r, i, settle_page(w, c, i));
	if (opt.sabotage && w->ops >= SABOTAGE_FROM)
		commit_sabotage(w);
	end_change(r);
	done_with(w, c->op, took);
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
	before = sum_counts(CNT_BRACKETED, ROLE_READER);
	until = now_ns() + MUTATOR_REST;
	do {
		nap(step);
		add(&w->slot->progress, 1);
	} while (!stopping() && now_ns() < until &&
		 sum_counts(CNT_BRACKETED, ROLE_READER) - before < want);
}

/* Between two calls of a mutator. */
static void rest(struct worker *w, uint64_t draw)
{
	switch (bout.plan) {
	case PLAN_FREE:
	case PLAN_CROWD:
		let_readers_look(w, draw);
		break;
	case PLAN_PREEMPT:
	case PLAN_RECYCLE:
		/* Long enough for the reader to be somewhere, short enough to find it in there. */
		nap(10 * NSEC_PER_USEC + draw % (60 * NSEC_PER_USEC));
		break;
	case PLAN_TENANT:
		/* The tenant takes its time as well. */
		nap(20 * NSEC_PER_USEC + draw % (120 * NSEC_PER_USEC));
		break;
	default:
		/* Some generations must last, or the readers never get to judge one. */
		if (!(draw & 31))
			let_readers_look(w, draw >> 5);
		break;
	}
}

static void mutate_until_stopped(struct worker *w)
{
	while (!stopping() && get(&w->range->epoch) < EPOCH_LAST) {
		struct change c = choose(w);

		note_choice(w, &c);
		if (bout.plan == PLAN_SLIDE && !slide_mutator(w))
			break;
		if (opt.sabotage != SAB_IDLE)
			mutate(w, &c);
		rest(w, c.rest);
	}
}

/* ---- userfaultfd: missing pages arrive from a thread ---- */

static void resolve(struct worker *w, int uffd, uint64_t addr)
{
	static __thread unsigned char *source;
	struct uffdio_range range = { .start = addr & -(uint64_t)world.unit, .len = world.unit };
	struct uffdio_zeropage zero = { .range = range };
	struct uffdio_copy copy = { .dst = range.start, .len = range.len };
	uint64_t draw = next_random(&w->random);
	bool done;

	if (!source)
		source = w->arg;
	switch (take(&draw, 3)) {
	case 0:
		done = !ioctl(uffd, UFFDIO_ZEROPAGE, &zero);
		break;
#ifdef UFFDIO_MOVE
	case 1: {
		struct uffdio_move mv = {
			.dst = range.start, .src = (uintptr_t)source, .len = range.len,
		};

		/* A page of zeroes that has been written to, so that there is one to move. */
		set((atomic_ulong *)source, 0);
		done = !ioctl(uffd, UFFDIO_MOVE, &mv);
		break;
	}
#endif
	default:
		copy.src = (uintptr_t)source + world.unit;
		done = !ioctl(uffd, UFFDIO_COPY, &copy);
		break;
	}
	/* Whatever kept it from being done has changed the mapping: the access looks again. */
	if (!done)
		ioctl(uffd, UFFDIO_WAKE, &range);
}

static void resolve_until_stopped(struct worker *w)
{
	struct pollfd pfd[MAX_RANGES];
	struct uffd_msg msg;
	uint64_t started;
	unsigned int i;

	for (i = 0; i < shared->nr_ranges; i++)
		pfd[i] = (struct pollfd) { .fd = shared->range[i].uffd, .events = POLLIN };

	/* Whoever still waits for a page when all stops shall get it. */
	while (!atomic_load(&shared->helpers_stop)) {
		add(&w->slot->progress, 1);
		if (poll(pfd, shared->nr_ranges, 20) <= 0)
			continue;
		for (i = 0; i < shared->nr_ranges; i++) {
			if (read(pfd[i].fd, &msg, sizeof(msg)) != sizeof(msg) ||
			    msg.event != UFFD_EVENT_PAGEFAULT)
				continue;
			now_in(w, EV_RESOLVE);
			started = now_ns();
			resolve(w, pfd[i].fd, msg.arg.pagefault.address);
			done_with(w, EV_RESOLVE, now_ns() - started);
		}
	}
}

static void open_uffd(struct range *r)
{
	struct uffdio_api api = { .api = UFFD_API };

	r->uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
	if (r->uffd < 0)
		no_setup("userfaultfd is not to be had", errno);
	if (ioctl(r->uffd, UFFDIO_API, &api))
		no_setup("userfaultfd does not know its interface", errno);
}

/* ---- setting up ---- */

static size_t huge_page_size(const char *file, const char *format, size_t scale)
{
	unsigned long value = 0;
	char line[128];
	FILE *f = fopen(file, "re");

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, format, &value) == 1)
			break;
	}
	if (f)
		fclose(f);
	return value * scale;
}

static void size_up(const struct scenario *s)
{
	size_t huge;

	world.backing = s->backing;
	world.unit = page_size;
	/*
	 * A mutator that preempts its reader has that CPU for as long as its call takes. A small
	 * range is changed as a whole, which takes half as long as to split and to merge; where
	 * maps are read, it is the many VMAs that count.
	 */
	world.pages = plan_preempts() && !(s->with & WITH_OBSERVERS) ? SMALL_RANGE : RANGE_PAGES;
	world.zap = s->weight[EV_LOCK] ? MADV_DONTNEED_LOCKED : MADV_DONTNEED;
	/* Since 6.17, but not of what userfaultfd is told about. */
	world.zap_reads = kernel_at_least(6, 17) && s->backing != BACK_UFFD;

	if (s->backing == BACK_THP) {
		huge = huge_page_size("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "%lu",
				      1);
		if (!huge)
			no_setup("the kernel has no transparent huge pages", 0);
		if (huge * 6 > opt.memory_mib << 20)
			no_setup("huge pages need more memory than --memory allows", 0);
		world.unit = huge / RANGE_PAGES;
	} else if (s->backing == BACK_HUGETLB) {
		world.unit = huge_page_size("/proc/meminfo", "Hugepagesize: %lu kB", 1024);
		world.pages = 8;
		if (!world.unit)
			no_setup("the kernel has no hugetlb pages", 0);
		if (huge_page_size("/proc/meminfo", "HugePages_Free: %lu", 1) < 4 * world.pages)
			no_setup("fewer than 32 free hugetlb pages (vm.nr_hugepages)", 0);
	}
	if (s->weight[EV_GUARD]) {
		void *page = mmap(NULL, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (page != MAP_FAILED && madvise(page, page_size, MADV_GUARD_INSTALL))
			no_setup("the kernel has no guard regions", errno);
		munmap(page, page_size);
	}
}

static int backing_file(const struct scenario *s)
{
	static const char *const places[] = { "/var/tmp", "/tmp", "." };
	off_t size = (off_t)MAX_RANGES * RANGE_PAGES * world.unit;
	const char *dir = getenv("TMPDIR");
	unsigned int i;
	int fd = -1;

	if (s->backing == BACK_SHMEM) {
		fd = syscall(SYS_memfd_create, "vma_lock_stress", 1U /* MFD_CLOEXEC */);
		if (fd < 0)
			no_setup("cannot create shared memory", errno);
	} else if (s->backing == BACK_FILE_SHARED || s->backing == BACK_FILE_PRIVATE) {
		/* Without a name from the start: there is nothing to leave behind. */
		if (dir)
			fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		for (i = 0; fd < 0 && i < ARRAY_SIZE(places); i++)
			fd = open(places[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		if (fd < 0)
			no_setup("no file without a name to be had in TMPDIR, /var/tmp, /tmp",
				 errno);
	} else {
		return -1;
	}
	if (ftruncate(fd, size))
		no_setup("cannot size the file", errno);
	return fd;
}

/*
 * Far from where the kernel puts what has no place of its own: should somebody (a sanitizer, say)
 * map memory while there are holes in a range, it is not to land there.
 */
static unsigned char *reserve(size_t size, size_t align)
{
	unsigned char *addr, *hint;

	addr = mmap(NULL, size + align, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
		    0);
	if (addr != MAP_FAILED) {
		munmap(addr, size + align);
		hint = (unsigned char *)((uintptr_t)addr / 2 & -page_size);
		addr = mmap(hint, size + align, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	}

	if (addr == MAP_FAILED)
		no_setup("no room for the address range (ulimit -v?)", errno);
	return (unsigned char *)(((uintptr_t)addr + align - 1) & -(uintptr_t)align);
}

static unsigned long guard_state(const struct scenario *s)
{
	return s->backing == BACK_BRK ? STATE_UNMAPPED : STATE_NONE;
}

static void make_range(const struct scenario *s, struct range *r)
{
	unsigned int page;
	int error;

	if (s->backing == BACK_UFFD)
		open_uffd(r);
	/* The place of a stack is a hole but for its top; a mapping there would be in the way. */
	error = map_everything(r);
	if (error)
		no_setup(s->backing == BACK_BRK ? "cannot move the break (ulimit -d?)" :
			 "cannot map the pages (ulimit -v?)", -error);
	if (s->with & WITH_SEALS &&
	    syscall(SYS_mseal, page_address(r, GUARD_PAGE), world.unit, 0))
		no_setup("the kernel does not seal mappings", errno);

	set(&r->epoch, 1);
	set(&r->state[GUARD_PAGE], guard_state(s));
	for (page = 0; page < world.pages; page++) {
		set(&r->state[page], 1UL << EPOCH_SHIFT | STATE_RW);
		/* With userfaultfd nobody is there yet who would bring the page. */
		if (is_stampable(page) && s->backing != BACK_UFFD) {
			page_words(r, page)[1] = stamp_of(r, page, 1);
			add(&r->state[page], STATE_STAMPED);
		}
	}
}

/*
 * One reservation for all ranges: munmap() leaves holes only inside of it. Nothing in the child
 * maps memory at an address of the kernel's choice once the threads run, so nothing but the
 * mutators can land in a hole.
 */
static void make_ranges(const struct scenario *s)
{
	size_t bytes = world.pages * world.unit;
	size_t align = s->backing == BACK_THP ? bytes : world.unit;
	size_t each = (bytes + world.unit + align - 1) / align * align;
	unsigned char *arena, *spare;
	unsigned int i;
	int fd;

	fd = backing_file(s);
	shared->nr_ranges = plan_ranges(s);
	arena = reserve(shared->nr_ranges * each + align, align) + align;
	spare = reserve(shared->nr_ranges * each, align);

	for (i = 0; i < shared->nr_ranges; i++) {
		struct range *r = &shared->range[i];

		r->index = i;
		r->fd = fd;
		r->base = arena + i * each;
		r->spare = spare + i * each;
		if (s->backing == BACK_BRK) {
			uintptr_t now = (syscall(SYS_brk, 0) + page_size - 1) & -page_size;

			/* A page that nothing merges with: above it the heap begins anew. */
			r->base = (unsigned char *)now + page_size;
			if ((unsigned char *)syscall(SYS_brk, r->base) != r->base ||
			    mprotect(r->base - page_size, page_size, PROT_NONE))
				no_setup("cannot move the break (ulimit -d?)", errno);
		}
		make_range(s, r);
	}
}

void world_body(const struct scenario *s)
{
	struct worker *w;
	unsigned int i;

	size_up(s);
	make_ranges(s);
	start_companions(s);

	for (i = 0; i < shared->nr_ranges; i++) {
		w = new_worker(s, ROLE_MUTATOR, i, "mutator", mutate_until_stopped);
		w->range = &shared->range[i];
	}
	for (i = 0; i < plan_readers(); i++) {
		w = new_worker(s, ROLE_READER, i, "reader", read_until_stopped);
		if (plan_preempts())
			w->range = &shared->range[i % shared->nr_ranges];
	}
	if (s->backing == BACK_UFFD) {
		w = new_worker(s, ROLE_OTHER, 0, "resolver", resolve_until_stopped);
		w->arg = mmap(NULL, 2 * world.unit, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (w->arg == MAP_FAILED)
			no_setup("cannot map pages to copy from", errno);
	}
	start_workers();
	join_workers(ROLE_MUTATOR);
	join_workers(ROLE_READER);
	atomic_store(&shared->helpers_stop, 1);
	join_workers(ROLE_OTHER);
	join_helpers();
}
