// SPDX-License-Identifier: GPL-2.0
/*
 * vma_lock_stress: one reader parked in a VMA, and what then waits and what does not
 *
 * A few system calls hold the lock of one VMA for reading, and no other lock, for as long as the
 * range they are given is large. Beside such a hold everything else has a definite place: calls
 * that change the VMA wait until the hold ends, all others do not; and while one such writer
 * waits, with mmap_lock held, faults in other VMAs still go through, and whatever needs
 * mmap_lock does not.
 *
 * Times are compared with the hold, not with a clock: a call has waited if it ended when or after
 * the hold did, and has not if it ended well before. A machine that is busy can make either look
 * like the other. So whoever may runs this in real time, a hold counts only if its thread was on
 * a CPU for most of it, and a row is played again before it is a verdict. What the kernel gets
 * wrong here, it gets wrong every time.
 */
#include "vma_lock_stress.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE	23
#endif

#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT		1
#endif

#define TAIL_PAGES	48		/* of the held VMA that the hold leaves alone */
#define ROOM_PAGES	16		/* behind it, for it to grow into */
#define HOLD_NS		(25 * NSEC_PER_MSEC)
#define MIN_HOLD_NS	(8 * NSEC_PER_MSEC)
#define TRIES		4
/* Those who wait are of a class that preempts the hold: not too often. */
#define POLL_NS		(500 * NSEC_PER_USEC)
#define ADVISER_REST	(60 * NSEC_PER_USEC)
#define FIND_PATIENCE	(2 * NSEC_PER_SEC)
#define TABLE_PATIENCE	(4 * NSEC_PER_SEC)
#define ROW_PATIENCE	(5 * NSEC_PER_SEC)

/* ---- the hold ---- */

enum means { BY_GUARD, BY_ZEROPAGE };

static const char *const means_names[] = {
	[BY_GUARD] = "MADV_GUARD_INSTALL", [BY_ZEROPAGE] = "UFFDIO_ZEROPAGE",
};

struct hold {
	enum means means;
	size_t len;			/* of what is worked on; the tail follows */
	unsigned char *base;
	int uffd;
	bool removing;
	atomic_int go, begun, done;
	atomic_ulong from, to;		/* ns; there are no long holds on 32 bits */
	uint64_t worked;		/* ns of CPU time in the call */
	long preempted;			/* times that another task got the CPU meanwhile */
	bool failed;
};

static struct hold hold;

static uint64_t hold_length(void)
{
	return hold.to - hold.from;
}

/*
 * Was it one long piece of work, rather than a short one and a wait for the CPU? CPU time alone
 * does not tell in a guest, where time stolen by the host is not counted.
 */
static bool hold_was_solid(void)
{
	return !hold.failed && (!hold.preempted || hold.worked > hold_length() / 4 * 3);
}

/* What this thread has used so far. */
static struct rusage own_usage(void)
{
	struct rusage ru;

	getrusage(RUSAGE_THREAD, &ru);
	return ru;
}

static unsigned char *tail(unsigned int page)
{
	return hold.base + hold.len + page * page_size;
}

/* How large the held VMA is, tail and all. */
static size_t whole(const struct hold *h)
{
	return h->len + TAIL_PAGES * page_size;
}

static bool open_hold_uffd(struct hold *h)
{
	struct uffdio_register reg = {
		.range = { .start = (uintptr_t)h->base, .len = whole(h) },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffdio_zeropage zero = {
		.range = { .start = (uintptr_t)h->base + h->len, .len = TAIL_PAGES * page_size },
	};
	struct uffdio_api api = { .api = UFFD_API };

	h->uffd = syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
	return h->uffd >= 0 && !ioctl(h->uffd, UFFDIO_API, &api) &&
	       !ioctl(h->uffd, UFFDIO_REGISTER, &reg) && !ioctl(h->uffd, UFFDIO_ZEROPAGE, &zero);
}

/*
 * The held VMA: a long part for the hold, and a tail of zero pages, so that a store there is a
 * fault of a page that is present (which userfaultfd lets pass), and that has an anon_vma. Not
 * every kernel maps the zero page where one has only read: userfaultfd does.
 */
static bool map_held(struct hold *h)
{
	size_t size = h->len + (TAIL_PAGES + ROOM_PAGES) * page_size;
	unsigned int i;

	h->uffd = -1;
	h->base = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (h->base == MAP_FAILED)
		return false;
	munmap(h->base + whole(h), ROOM_PAGES * page_size);
	madvise(h->base, h->len, MADV_NOHUGEPAGE);
	madvise(h->base + h->len, TAIL_PAGES * page_size, MADV_NOHUGEPAGE);
	if (h->means == BY_ZEROPAGE) {
		if (!open_hold_uffd(h))
			return false;
	} else {
		for (i = 0; i < TAIL_PAGES; i++)
			get((atomic_ulong *)(h->base + h->len + i * page_size));
	}
	set((atomic_ulong *)(h->base + h->len), 1);
	h->removing = false;
	return true;
}

static void unmap_held(struct hold *h)
{
	munmap(h->base, h->len + (TAIL_PAGES + ROOM_PAGES) * page_size);
	if (h->uffd >= 0)
		close(h->uffd);
}

static void do_hold(struct hold *h)
{
	struct uffdio_zeropage zero = {
		.range = { .start = (uintptr_t)h->base, .len = h->len },
	};

	h->preempted = own_usage().ru_nivcsw;
	h->worked = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	atomic_store(&h->from, now_ns());
	atomic_store(&h->begun, 1);
	if (h->means == BY_GUARD)
		h->failed = madvise(h->base, h->len,
				    h->removing ? MADV_GUARD_REMOVE : MADV_GUARD_INSTALL);
	else
		h->failed = ioctl(h->uffd, UFFDIO_ZEROPAGE, &zero);
	atomic_store(&h->to, now_ns());
	h->worked = clock_ns(CLOCK_THREAD_CPUTIME_ID) - h->worked;
	h->preempted = own_usage().ru_nivcsw - h->preempted;
	atomic_store(&h->done, 1);
}

/* ---- calls beside it ---- */

/* What a call finds: the tail of the held VMA, and two VMAs beside it. */
static unsigned char *other, *fresh;

struct beside;

#define NEEDS_GUARD	1	/* not with a tail that userfaultfd watches */
#define TAKES_FAULT	2	/* and tells something only if it did */

struct row {
	const char *name;
	bool waits;
	void (*call)(struct beside *b);
	unsigned int traits;
};

struct beside {
	const struct row *row;
	atomic_int go, done;
	atomic_ulong from, to;		/* ns; there are no long holds on 32 bits */
	long slept;			/* times that it gave up the CPU for want of something */
	long faulted;			/* faults that it took */
	int error;
};

#define CALL(name, expr)				\
static void call_##name(struct beside *b)		\
{							\
	b->error = (expr) ? errno : 0;			\
}

static bool store_to(unsigned char *page)
{
	set((atomic_ulong *)page, 1);
	return false;
}

static bool map_at(unsigned char *addr, int how)
{
	return mmap(addr, page_size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | how, -1, 0) == MAP_FAILED;
}

static bool do_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	return pid < 0 || waitpid(pid, NULL, 0) != pid;
}

static bool read_maps(void)
{
	char buf[4096];
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return true;
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
	return false;
}

static bool register_range(unsigned char *addr, size_t len)
{
	struct uffdio_register reg = {
		.range = { .start = (uintptr_t)addr, .len = len },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
	struct uffdio_api api = { .api = UFFD_API };
	bool bad;

	bad = fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &reg);
	if (fd >= 0)
		close(fd);
	return bad;
}

CALL(protect_ro, mprotect(tail(8), page_size, PROT_READ))
CALL(protect_exec, mprotect(tail(8), page_size, PROT_READ | PROT_WRITE | PROT_EXEC))
CALL(unmap_last, munmap(tail(TAIL_PAGES - 1), page_size))
CALL(unmap_all, munmap(hold.base, whole(&hold)))
CALL(map_fixed, map_at(tail(8), MAP_FIXED))
CALL(shrink, mremap(tail(40), 8 * page_size, 4 * page_size, 0) == MAP_FAILED)
CALL(grow, mremap(tail(40), 8 * page_size, 10 * page_size, 0) == MAP_FAILED)
CALL(move, mremap(tail(30), page_size, page_size, MREMAP_MAYMOVE | MREMAP_FIXED,
		  other + 64 * page_size) == MAP_FAILED)
/* Sanitizers make nothing of the library's mlock(). */
CALL(lock, syscall(SYS_mlock, tail(20), page_size))
CALL(advise_random, madvise(tail(8), page_size, MADV_RANDOM))
CALL(advise_dontfork, madvise(tail(8), page_size, MADV_DONTFORK))
CALL(advise_dontdump, madvise(tail(8), page_size, MADV_DONTDUMP))
CALL(seal, syscall(SYS_mseal, tail(8), page_size, 0))
CALL(fork, do_fork())
CALL(register, register_range(tail(8), page_size))
CALL(protect_all, mprotect(hold.base, whole(&hold), PROT_READ))
CALL(lock_all, syscall(SYS_mlock2, hold.base, whole(&hold), MLOCK_ONFAULT))
CALL(advise_all, madvise(hold.base, whole(&hold), MADV_RANDOM))
CALL(register_all, register_range(hold.base, whole(&hold)))
CALL(store, store_to(tail(10)))
CALL(drop, madvise(tail(20), page_size, MADV_DONTNEED))
CALL(populate, madvise(tail(9), page_size, MADV_POPULATE_WRITE))
CALL(cold, madvise(tail(20), page_size, MADV_COLD))
CALL(map_elsewhere, map_at(NULL, 0))
CALL(protect_other, mprotect(other + 8 * page_size, page_size, PROT_READ))
CALL(unmap_other, munmap(other + 30 * page_size, page_size))
CALL(store_other, store_to(other + 40 * page_size))
CALL(store_fresh, store_to(fresh + page_size))
CALL(maps, read_maps())

static const struct row rows[] = {
	{ "mprotect of a page, read-only", true, call_protect_ro, 0 },
	{ "mprotect of a page, executable", true, call_protect_exec, 0 },
	{ "munmap of the last page", true, call_unmap_last, 0 },
	{ "munmap of all", true, call_unmap_all, 0 },
	{ "mmap MAP_FIXED inside", true, call_map_fixed, 0 },
	{ "mremap shrink", true, call_shrink, 0 },
	{ "mremap grow", true, call_grow, NEEDS_GUARD },
	{ "mremap of a page to elsewhere", true, call_move, 0 },
	{ "mlock of a page", true, call_lock, 0 },
	{ "MADV_RANDOM", true, call_advise_random, 0 },
	{ "MADV_DONTFORK", true, call_advise_dontfork, 0 },
	{ "MADV_DONTDUMP", true, call_advise_dontdump, 0 },
	{ "mseal of a page", true, call_seal, 0 },
	{ "fork", true, call_fork, 0 },
	{ "UFFDIO_REGISTER of a page", true, call_register, NEEDS_GUARD },
	/* Nothing is split, so that it is the change itself that waits, or does not. */
	{ "mprotect of the whole VMA", true, call_protect_all, 0 },
	{ "mlock of the whole VMA", true, call_lock_all, 0 },
	{ "MADV_RANDOM of the whole VMA", true, call_advise_all, 0 },
	{ "UFFDIO_REGISTER of the whole VMA", true, call_register_all, NEEDS_GUARD },
	{ "fault in the same VMA", false, call_store, TAKES_FAULT },
	{ "MADV_DONTNEED in the same VMA", false, call_drop, 0 },
	{ "MADV_POPULATE_WRITE in the same VMA", false, call_populate, 0 },
	{ "MADV_COLD in the same VMA", false, call_cold, 0 },
	{ "mmap elsewhere", false, call_map_elsewhere, 0 },
	{ "mprotect of another VMA", false, call_protect_other, 0 },
	{ "munmap of another VMA", false, call_unmap_other, 0 },
	{ "read of /proc/self/maps", false, call_maps, 0 },
};

/* While the hold goes on and a writer waits for its end. */
static const struct row bystanders[] = {
	{ "fault in the held VMA", true, call_store, TAKES_FAULT },
	{ "fault in another VMA that has an anon_vma", false, call_store_other, TAKES_FAULT },
	{ "first fault in a VMA without an anon_vma", true, call_store_fresh, TAKES_FAULT },
	{ "MADV_DONTNEED in the held VMA", true, call_drop, 0 },
	{ "read of /proc/self/maps", true, call_maps, 0 },
	{ "mmap elsewhere", true, call_map_elsewhere, 0 },
};

static const struct row the_writer = {
	"mprotect of a page in the held VMA", true, call_protect_exec, 0,
};

/* ---- threads that wait for their turn ---- */

static atomic_int finish;

static void holder_main(struct worker *w)
{
	pin(w->cpu);
	take_rank(RANK_HOG);
	for (;;) {
		while (!atomic_load(&hold.go) && !atomic_load(&finish)) {
			add(&w->slot->progress, 1);
			nap(POLL_NS);
		}
		if (atomic_load(&finish))
			return;
		atomic_store(&hold.go, 0);
		now_in(w, EV_HOLD);
		do_hold(&hold);
		done_with(w, EV_HOLD, hold.to - hold.from);
	}
}

static void caller_main(struct worker *w)
{
	struct beside *b = w->arg;
	struct rusage before, after;

	pin(w->cpu);
	take_rank(RANK_MUTATOR);
	for (;;) {
		while (!atomic_load(&b->go) && !atomic_load(&finish)) {
			add(&w->slot->progress, 1);
			nap(POLL_NS);
		}
		if (atomic_load(&finish))
			return;
		atomic_store(&b->go, 0);
		now_in(w, EV_WAITER);
		before = own_usage();
		atomic_store(&b->from, now_ns());
		errno = 0;
		b->row->call(b);
		atomic_store(&b->to, now_ns());
		after = own_usage();
		b->slept = after.ru_nvcsw - before.ru_nvcsw;
		b->faulted = after.ru_minflt - before.ru_minflt +
			     after.ru_majflt - before.ru_majflt;
		done_with(w, EV_WAITER, b->to - b->from);
		atomic_store(&b->done, 1);
	}
}

static bool ends_in_time(const atomic_int *done)
{
	uint64_t until = now_ns() + ROW_PATIENCE;

	while (!atomic_load(done)) {
		if (now_ns() > until)
			return false;
		nap(POLL_NS);
	}
	return true;
}

static void start_hold(void)
{
	atomic_store(&hold.begun, 0);
	atomic_store(&hold.done, 0);
	atomic_store(&hold.go, 1);
	while (!atomic_load(&hold.begun))
		nap(POLL_NS / 4);
	/* Into the call, past the lookup and the lock. */
	nap(NSEC_PER_MSEC);
}

static void start_call(struct beside *b, const struct row *row)
{
	b->row = row;
	atomic_store(&b->done, 0);
	atomic_store(&b->go, 1);
}

/* ---- is there a hold, and how long must it be ---- */

/* Was a call kept until the end of the hold? Usable if that can be told. */
static bool was_kept(const struct beside *b, bool *usable)
{
	uint64_t length = hold_length();
	bool late = b->to + length / 4 >= hold.to;

	/*
	 * The call must have come while half of the hold was still ahead. One that came to its
	 * end late without ever sleeping did not wait: the machine had no CPU for it. A store
	 * that took no fault did not ask for the lock.
	 */
	*usable = hold_was_solid() && b->from + length / 2 < hold.to && (b->slept || !late) &&
		  (b->faulted || !(b->row->traits & TAKES_FAULT));
	return late;
}

/*
 * Behaviour, not version numbers: a hold is one if mprotect() of another VMA goes through beside
 * it, for then it holds no mmap_lock, and mprotect() of the held one does not.
 */
static bool hold_works(struct beside *b)
{
	static const struct row other_row = { "", false, call_protect_other, 0 };
	bool beside_free = false, beside_held = false, kept, usable;
	int i, tries = 0;

	for (i = 0; i < 2; i++) {
		if (!map_held(&hold))
			return false;
		start_hold();
		start_call(b, i ? &the_writer : &other_row);
		if (!ends_in_time(&b->done) || !ends_in_time(&hold.done))
			return false;
		unmap_held(&hold);
		if (hold.failed)
			return false;
		kept = was_kept(b, &usable);
		if (!usable) {
			/* Nothing can be told from this one. */
			if (++tries > 3 * TRIES)
				return false;
			i--;
		} else if (!i) {
			beside_free = !kept;
		} else {
			beside_held = kept;
		}
		mprotect(other + 8 * page_size, page_size, PROT_READ | PROT_WRITE);
	}
	return beside_free && beside_held;
}

/* Every GiB takes page tables of 2 MiB. */
static size_t longest_hold(void)
{
	return (size_t)opt.memory_mib / 8 << 30;
}

/* What was long enough on a busy machine may be short on an idle one, and the reverse. */
static void adapt_hold(void)
{
	if (hold.worked < HOLD_NS / 2 && hold.len < longest_hold())
		hold.len *= 2;
	else if (hold.worked > 4 * HOLD_NS && hold.len > (size_t)1 << 26)
		hold.len /= 2;
}

static bool find_hold(struct beside *b)
{
	uint64_t until = now_ns() + FIND_PATIENCE;
	size_t most = longest_hold();
	int means, tries;

	if (sizeof(long) < 8)
		no_setup("the address space is too small for a long hold", 0);
	for (means = BY_GUARD; means <= BY_ZEROPAGE; means++) {
		hold.means = means;
		hold.len = (size_t)1 << 26;
		for (tries = 0; tries < 12 && hold.len < most && now_ns() < until; tries++) {
			if (!map_held(&hold)) {
				tries = 99;
				continue;
			}
			start_hold();
			if (!ends_in_time(&hold.done))
				return false;
			unmap_held(&hold);
			if (hold.failed)
				break;
			if (hold.worked >= HOLD_NS)
				break;
			hold.len *= 2;
		}
		if (now_ns() < until && !hold.failed && tries < 99 &&
		    hold.worked >= MIN_HOLD_NS && hold_works(b))
			return true;
	}
	return false;
}

/* ---- which calls wait for a reader ---- */

static bool judge_row(const struct row *row, const struct beside *b, bool *usable)
{
	bool kept = was_kept(b, usable);

	if ((opt.sabotage == SAB_NO_WAIT && row->waits) ||
	    (opt.sabotage == SAB_WAITS && !row->waits))
		kept = !row->waits;
	return kept == row->waits;
}

static const char *describe(const struct row *row)
{
	return row->waits ? "to wait for the end of the hold" : "to go on beside the hold";
}

static void play_row(struct worker *w, struct beside *b, const struct row *row)
{
	unsigned int wrong = 0, i;
	bool usable = false, right = false;

	for (i = 0; i < 3 * TRIES && wrong < TRIES && !(usable && right); i++) {
		if (!map_held(&hold))
			no_setup("cannot map the held VMA", errno);
		start_hold();
		start_call(b, row);
		if (!ends_in_time(&b->done) || !ends_in_time(&hold.done)) {
			check_err("%s beside a hold by %s: expected an end within %llu s: found none",
				  row->name, means_names[hold.means],
				  (unsigned long long)(ROW_PATIENCE / NSEC_PER_SEC));
			_exit(CHILD_DONE);
		}
		right = judge_row(row, b, &usable);
		unmap_held(&hold);
		adapt_hold();
		wrong += usable && !right;
		/* As it was before. */
		mmap(other + 30 * page_size, page_size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		mprotect(other + 8 * page_size, page_size, PROT_READ | PROT_WRITE);
		/* A call that this kernel or container does not know tells nothing. */
		if (b->error)
			return;
		add(&w->slot->progress, 1);
	}
	add(&w->slot->count[CNT_BRACKETED], usable || wrong);
	if (wrong == TRIES)
		check_err("a reader holds a VMA for %.1f ms (%s): %s: expected %s: found an end after %.3f ms, %.3f ms %s that of the hold",
			  hold_length() / 1e6, means_names[hold.means], row->name,
			  describe(row), (b->to - b->from) / 1e6,
			  (b->to > hold.to ? b->to - hold.to : hold.to - b->to) / 1e6,
			  b->to > hold.to ? "after" : "before");
}

static void map_neighbours(void)
{
	other = mmap(NULL, 256 * page_size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fresh = mmap(NULL, 8 * page_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (other == MAP_FAILED || fresh == MAP_FAILED)
		no_setup("no memory for the VMAs beside the held one (ulimit -v?)", errno);
	/* Guards on both sides keep them from merging with anything. */
	mprotect(other, page_size, PROT_NONE);
	mprotect(other + 255 * page_size, page_size, PROT_NONE);
	set((atomic_ulong *)(other + 5 * page_size), 1);
}

static struct beside *new_caller(const struct scenario *s, unsigned int index)
{
	struct beside *b = calloc(1, sizeof(*b));
	struct worker *w;

	if (!b)
		no_setup("no memory for a thread", errno);
	w = new_worker(s, index ? ROLE_OTHER : ROLE_MUTATOR, index, "caller", caller_main);
	w->arg = b;
	if (cpus > 1)
		w->cpu = usable_cpu(1 + index % (cpus - 1));
	return b;
}

/*
 * The hold is one long stay in the kernel. A kernel that does not preempt it lets nobody else
 * have its CPU meanwhile, whatever their priority: so it has the first one for itself.
 */
static struct worker *new_holder(const struct scenario *s)
{
	struct worker *w = new_worker(s, ROLE_READER, 0, "holder", holder_main);

	if (cpus > 1)
		w->cpu = usable_cpu(0);
	return w;
}

static void start_beside(void)
{
	int cpu = cpus > 1 ? usable_cpu(1) : -1;

	start_workers();
	pin(cpu);
	take_rank(RANK_TENANT);
}

static void end_holds(void)
{
	atomic_store(&finish, 1);
	join_workers(ROLE_MUTATOR);
	join_workers(ROLE_READER);
	join_workers(ROLE_OTHER);
}

/* Rows that were never in time to be judged have shown nothing. */
static void anything_judged(const struct worker *w)
{
	if (!get(&w->slot->count[CNT_BRACKETED]) && !atomic_load(&shared->violations))
		no_setup("no hold was long enough to judge anything by", 0);
}

static __noreturn void no_hold(void)
{
	no_setup("no long hold of a VMA lock: none in this kernel, or the machine is busy", 0);
}

void waits_body(const struct scenario *s)
{
	struct worker *holder;
	struct beside *b;
	unsigned int i, rounds = 0;
	uint64_t until;

	map_neighbours();
	holder = new_holder(s);
	b = new_caller(s, 0);
	start_beside();
	if (!find_hold(b))
		no_hold();

	/* The whole table once, unless the machine is slow, and again while there is time. */
	until = now_ns() + TABLE_PATIENCE;
	do {
		for (i = 0; i < ARRAY_SIZE(rows); i++) {
			if (stopping() && (rounds || now_ns() > until))
				break;
			if ((rows[i].traits & NEEDS_GUARD) && hold.means != BY_GUARD)
				continue;
			play_row(holder, b, &rows[i]);
		}
		rounds++;
	} while (!stopping());
	snprintf(shared->note, sizeof(shared->note),
		 "hold by %s over %zu MiB, %.1f ms; the table of %zu calls, %u rounds begun",
		 means_names[hold.means], hold.len >> 20, hold_length() / 1e6,
		 ARRAY_SIZE(rows), rounds);
	end_holds();
	anything_judged(holder);
}

/* ---- who is kept waiting by a waiting writer ---- */

static void play_bystanders(struct worker *w, struct beside *writer, struct beside **b,
			    unsigned int *bad)
{
	bool usable, right, writer_waits;
	unsigned int i;

	if (mmap(fresh + page_size, 6 * page_size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		no_setup("cannot map", errno);
	madvise(other + 40 * page_size, page_size, MADV_DONTNEED);
	if (!map_held(&hold))
		no_setup("cannot map the held VMA", errno);

	start_hold();
	start_call(writer, &the_writer);
	/* Until it has mmap_lock and waits. */
	nap(2 * NSEC_PER_MSEC);
	for (i = 0; i < ARRAY_SIZE(bystanders); i++)
		start_call(b[i], &bystanders[i]);
	if (!ends_in_time(&writer->done) || !ends_in_time(&hold.done)) {
		check_err("a writer that waits for a hold of %.1f ms: expected an end within 5 s: found none",
			  hold_length() / 1e6);
		_exit(CHILD_DONE);
	}
	for (i = 0; i < ARRAY_SIZE(bystanders); i++) {
		if (!ends_in_time(&b[i]->done)) {
			check_err("a writer waited for a reader, both have ended: %s: expected an end within 5 s: found none",
				  bystanders[i].name);
			_exit(CHILD_DONE);
		}
	}
	writer_waits = judge_row(&the_writer, writer, &usable) && usable;
	for (i = 0; i < ARRAY_SIZE(bystanders); i++) {
		if (!writer_waits || writer->from > b[i]->from)
			continue;
		right = judge_row(&bystanders[i], b[i], &usable);
		if (opt.sabotage == SAB_BYSTANDER)
			right = bystanders[i].waits;
		if (usable) {
			add(&w->slot->count[CNT_BRACKETED], right);
			bad[i] = right ? 0 : bad[i] + 1;
		}
	}
	unmap_held(&hold);
	adapt_hold();
}

/* Is there one who was found wrong the last time, and not often enough to say so? */
static bool is_suspected(const unsigned int *bad)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bystanders); i++) {
		if (bad[i])
			return true;
	}
	return false;
}

void bystanders_body(const struct scenario *s)
{
	unsigned int i, bad[ARRAY_SIZE(bystanders)] = { 0 }, rounds = 0;
	struct beside *writer, *b[ARRAY_SIZE(bystanders)];
	struct worker *holder;
	uint64_t until;

	map_neighbours();
	holder = new_holder(s);
	writer = new_caller(s, 0);
	for (i = 0; i < ARRAY_SIZE(bystanders); i++)
		b[i] = new_caller(s, i + 1);
	start_beside();
	if (!find_hold(writer))
		no_hold();

	/* On a busy machine few rounds can be judged: a suspicion gets some more. */
	until = now_ns() + TABLE_PATIENCE;
	while (rounds < TRIES || !stopping() || (is_suspected(bad) && now_ns() < until)) {
		play_bystanders(holder, writer, b, bad);
		add(&holder->slot->progress, 1);
		rounds++;
		for (i = 0; i < ARRAY_SIZE(bystanders); i++) {
			if (bad[i] < TRIES)
				continue;
			check_err("a reader holds a VMA (%s), a writer waits for it: %s: expected %s: found the contrary %u times in a row, last an end after %.3f ms of a hold of %.1f ms",
				  means_names[hold.means], bystanders[i].name,
				  describe(&bystanders[i]), bad[i], (b[i]->to - b[i]->from) / 1e6,
				  hold_length() / 1e6);
			bad[i] = 0;
		}
		if (atomic_load(&shared->violations))
			break;
	}
	snprintf(shared->note, sizeof(shared->note),
		 "hold by %s over %zu MiB, %.1f ms; %zu bystanders %u times",
		 means_names[hold.means], hold.len >> 20, hold_length() / 1e6,
		 ARRAY_SIZE(bystanders), rounds);
	end_holds();
	anything_judged(holder);
}

/* ---- short holds without a break ---- */

/*
 * Here a VMA is hardly ever without a reader: each one drops pages of its own, which lie so far
 * apart that there is much to walk and little to free, and faults them in again. Beside that,
 * advice is given for the whole VMA, which changes its flags and none of its pages. So many a
 * change has a reader to wait for, and yet each reader knows what it must find: a page that it
 * dropped is fresh, one that it stored to is as it left it.
 */
#define SPARSE_PAGES	16
#define SPARSE_STRIDE	(2UL << 20)	/* often a page table each */
#define MAX_DROPPERS	4

static unsigned char *sparse;

static void check_sparse(struct worker *w, unsigned int page, const char *state,
			 unsigned long expected)
{
	unsigned char *addr = (unsigned char *)w->arg + page * SPARSE_STRIDE;

	now_in(w, EV_LOAD_STAMP);
	probe(w, (unsigned long *)addr, false, 0);
	add(&w->slot->count[CNT_BRACKETED], 1);
	if (w->out != OUT_OK)
		check_err("page %u of a VMA that is given advice: %s: load: expected %lu, found SIGSEGV",
			  page, state, expected);
	else if (w->value != expected)
		check_err("page %u of a VMA that is given advice: %s: load: expected %lu, found %lu",
			  page, state, expected, w->value);
}

static void dropper_main(struct worker *w)
{
	unsigned char *own = w->arg;
	unsigned long round = 0;
	struct rusage first;
	unsigned int i;

	pin(w->cpu);
	take_rank(RANK_READER);
	first = own_usage();
	while (!stopping()) {
		round++;
		for (i = 0; i < SPARSE_PAGES; i++) {
			check_sparse(w, i, "dropped by this thread", 0);
			now_in(w, EV_STORE_ID);
			probe(w, (unsigned long *)(own + i * SPARSE_STRIDE), true,
			      opt.sabotage == SAB_VALUE ? 0 : round);
			done_with(w, EV_STORE_ID, 0);
		}
		for (i = 0; i < SPARSE_PAGES; i++)
			check_sparse(w, i, "stored to by this thread", round);
		now_in(w, EV_ZAP);
		if (madvise(own, SPARSE_PAGES * SPARSE_STRIDE, MADV_DONTNEED))
			check_err("a VMA that is given advice: MADV_DONTNEED: expected success, found %s",
				  strerror(errno));
		done_with(w, EV_ZAP, 0);
		set(&w->slot->count[CNT_FAULTS], own_usage().ru_minflt - first.ru_minflt);
	}
}

static void adviser_main(struct worker *w)
{
	size_t len = MAX_DROPPERS * SPARSE_PAGES * SPARSE_STRIDE;
	uint64_t draw, started, until;
	long switches;

	pin(w->cpu);
	while (!stopping()) {
		draw = next_random(&w->random);
		now_in(w, EV_ADVISE);
		switches = own_switches();
		started = now_ns();
		if (madvise(sparse, len, w->ops++ % 2 ? MADV_NORMAL : MADV_RANDOM))
			check_err("a VMA whose pages are dropped: advice: expected success, found %s",
				  strerror(errno));
		done_with(w, EV_ADVISE, now_ns() - started);
		add(&w->slot->count[CNT_WAITS], own_switches() - switches);
		/* For a reader that found the VMA locked to come in again without mmap_lock. */
		until = now_ns() + draw % ADVISER_REST;
		while (now_ns() < until)
			;
	}
}

void short_holds_body(const struct scenario *s)
{
	size_t part = SPARSE_PAGES * SPARSE_STRIDE;
	unsigned int i, droppers = cpus / 2;
	struct worker *w;

	droppers = droppers < 1 ? 1 : droppers > MAX_DROPPERS ? MAX_DROPPERS : droppers;
	sparse = mmap(NULL, MAX_DROPPERS * part, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (sparse == MAP_FAILED)
		no_setup("no room for the address range (ulimit -v?)", errno);
	madvise(sparse, MAX_DROPPERS * part, MADV_NOHUGEPAGE);
	for (i = 0; i < droppers; i++) {
		w = new_worker(s, ROLE_READER, i, "dropper", dropper_main);
		w->arg = sparse + i * part;
		if (cpus > 1)
			w->cpu = usable_cpu(1 + i);
	}
	w = new_worker(s, ROLE_MUTATOR, 0, "adviser", adviser_main);
	if (cpus > 1)
		w->cpu = usable_cpu(0);
	start_workers();
	join_workers(ROLE_MUTATOR);
	join_workers(ROLE_READER);
}

/* ---- a writer that is killed while it waits ---- */

static atomic_int forker_in;

static int fork_in_sibling(void *arg)
{
	long pid;

	(void)arg;
	atomic_store(&forker_in, 1);
	/* Not the library's fork(): this process shares the library's data with its parent. */
	pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (!pid)
		syscall(SYS_exit, 0);
	atomic_store(&forker_in, 2);
	syscall(SYS_exit, pid < 0);
	return 0;
}

/* A process of its own, but in the same mm: its death leaves the reader alone. */
static pid_t start_sibling(unsigned char *stack)
{
	atomic_store(&forker_in, 0);
	return clone(fork_in_sibling, stack, CLONE_VM | SIGCHLD, NULL);
}

void fork_killed_body(const struct scenario *s)
{
	unsigned int rounds = 0, killed = 0, later = 0;
	unsigned char *stack;
	struct worker *holder;
	struct beside *b;
	uint64_t died;
	pid_t pid;
	int status;

	map_neighbours();
	stack = mmap(NULL, THREAD_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		     0);
	if (stack == MAP_FAILED)
		no_setup("no memory for a stack", errno);
	/* A child has no use for any of it, and gets no copy of the long one. */
	holder = new_holder(s);
	b = new_caller(s, 0);
	start_beside();
	if (!find_hold(b))
		no_hold();

	while (rounds < TRIES || !stopping()) {
		if (!map_held(&hold))
			no_setup("cannot map the held VMA", errno);
		madvise(hold.base, whole(&hold), MADV_DONTFORK);
		start_hold();
		pid = start_sibling(stack + THREAD_STACK - 64);
		if (pid < 0)
			no_setup("cannot start a process (ulimit -u?)", errno);
		while (!atomic_load(&forker_in))
			nap(POLL_NS / 4);
		nap(2 * NSEC_PER_MSEC);
		if (opt.sabotage != SAB_KILL)
			kill(pid, SIGKILL);
		if (waitpid(pid, &status, 0) != pid)
			no_setup("cannot wait for a process", errno);
		died = now_ns();
		if (!ends_in_time(&hold.done)) {
			check_err("a forking process was killed beside a hold: expected the hold to end within 5 s: found none");
			_exit(CHILD_DONE);
		}
		/* Only a fork() that was still under way when the signal came counts. */
		if (atomic_load(&forker_in) == 1 || opt.sabotage == SAB_KILL) {
			if (died + hold_length() / 4 < hold.to)
				killed++;
			else
				later++;
		}
		/* Whoever went away must have left the VMA as it was: it faults and changes. */
		start_call(b, &rows[0]);
		if (!ends_in_time(&b->done)) {
			check_err("a writer was killed while it waited: mprotect of the VMA: expected an end within 5 s: found none");
			_exit(CHILD_DONE);
		}
		if (b->error)
			check_err("a writer was killed while it waited: mprotect of the VMA: expected success: found %s",
				  strerror(b->error));
		store_to(tail(10));
		unmap_held(&hold);
		add(&holder->slot->count[CNT_BRACKETED], 1);
		add(&holder->slot->progress, 1);
		rounds++;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	/* Before 7.2 no kernel lets fork() be killed there. */
	if (kernel_at_least(7, 2) && later > TRIES && !killed)
		check_err("fork() waits for a reader: SIGKILL: expected it to end at once: found that it waited for the end of the hold, %u times of %u",
			  later, killed + later);
	snprintf(shared->note, sizeof(shared->note),
		 "%u forks killed while they waited for a reader: %u ended at once, %u with the hold (before 7.2 all do)",
		 killed + later, killed, later);
	end_holds();
	if (!killed && !later && !atomic_load(&shared->violations))
		no_setup("no fork() was caught waiting for the reader", 0);
}

/* ---- guard regions and fork (h9) ---- */

/*
 * mprotect() and madvise() that read a VMA's flags before they have locked it, and write them
 * back afterwards, lose the one that MADV_GUARD_INSTALL sets meanwhile as a reader. Without that
 * flag fork() does not copy the page tables of shared memory, and the guards are not there in the
 * child. Each VMA is raced for once; then a child looks at all of them.
 */
#define GUARDED_VMAS	32
#define GUARDED_PAGES	4

static unsigned char *guarded[GUARDED_VMAS];
static atomic_uint guarded_now;

static bool flip(unsigned char *addr, unsigned int how)
{
	size_t len = GUARDED_PAGES * page_size;

	return how % 2 ? madvise(addr, len, MADV_RANDOM) :
	       mprotect(addr, len, PROT_READ | PROT_WRITE | PROT_EXEC);
}

static void flipper_main(struct worker *w)
{
	unsigned int i;

	while (slide_mutator(w)) {
		i = atomic_load(&guarded_now);
		now_in(w, EV_PROTECT_ALL);
		if (flip(guarded[i], i))
			add(&w->slot->count[CNT_FAILED], 1);
		done_with(w, EV_PROTECT_ALL, 0);
	}
}

static bool map_guarded(unsigned int i)
{
	int how = MAP_SHARED | MAP_ANONYMOUS | (guarded[i] ? MAP_FIXED : 0);
	void *got;

	/* Anew each time: a new VMA knows of no guard regions. */
	got = mmap(guarded[i], GUARDED_PAGES * page_size, PROT_READ | PROT_WRITE, how, -1, 0);
	if (got == MAP_FAILED)
		return false;
	guarded[i] = got;
	return true;
}

static bool guard_is_there(struct worker *w, unsigned int i)
{
	probe(w, (unsigned long *)guarded[i], false, 0);
	return w->out != OUT_OK;
}

/* In the parent a guard is there whatever the flags say. Returns how many a child lacks. */
static unsigned int look_at_guards(struct worker *w)
{
	unsigned int i, lost = 0;
	int status = 0;
	pid_t pid;

	if (opt.sabotage == SAB_GUARD)
		madvise(guarded[0], page_size, MADV_GUARD_REMOVE);
	for (i = 0; i < GUARDED_VMAS; i++) {
		add(&w->slot->count[CNT_BRACKETED], 1);
		if (!guard_is_there(w, i))
			check_err("VMA %u: MADV_GUARD_INSTALL returned, beside %s: load: expected SIGSEGV: found success",
				  i, i % 2 ? "madvise" : "mprotect");
	}
	pid = fork();
	if (!pid) {
		for (i = 0; i < GUARDED_VMAS; i++)
			lost += !guard_is_there(w, i);
		_exit(lost);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status))
		lost = WEXITSTATUS(status);
	return lost;
}

static void installer_main(struct worker *w)
{
	unsigned long races = 0, lost = 0;
	uint64_t started, took;
	unsigned int i = 0;

	while (slide_reader(w, &started)) {
		now_in(w, EV_GUARD);
		if (madvise(guarded[i], page_size, MADV_GUARD_INSTALL))
			add(&w->slot->count[CNT_FAILED], 1);
		took = now_ns() - started;
		done_with(w, EV_GUARD, took);
		races++;
		/* The other side may still be at it; the next round begins when both are done. */
		atomic_store(&guarded_now, (i + 1) % GUARDED_VMAS);
		if (++i == GUARDED_VMAS) {
			/* Until the last flip is over. */
			nap(NSEC_PER_MSEC / 4);
			lost += look_at_guards(w);
			for (i = GUARDED_VMAS; i && map_guarded(i - 1); i--)
				;
			if (i)
				break;
		}
		slide_reader_done(took);
	}
	snprintf(shared->note, sizeof(shared->note),
		 "%lu guard regions installed beside a change of flags: %lu gone from a forked child",
		 races, lost);
	if (lost)
		snprintf(shared->known, sizeof(shared->known),
			 "known weakness of this kernel: a guard region installed beside a change of flags can be gone from a forked child");
}

void guard_fork_body(const struct scenario *s)
{
	unsigned int i;

	for (i = 0; i < GUARDED_VMAS; i++) {
		if (!map_guarded(i))
			no_setup("no shared memory (ulimit -v?)", errno);
	}
	if (madvise(guarded[0], page_size, MADV_GUARD_INSTALL) ||
	    madvise(guarded[0], page_size, MADV_GUARD_REMOVE))
		no_setup("the kernel has no guard regions in shared memory", errno);
	new_worker(s, ROLE_READER, 0, "installer", installer_main);
	new_worker(s, ROLE_MUTATOR, 0, "flipper", flipper_main);
	start_workers();
	join_workers(ROLE_READER);
	join_workers(ROLE_MUTATOR);
}
