// SPDX-License-Identifier: GPL-2.0
/*
 * vma_lock_stress: those who look at the address space while it changes
 *
 * /proc/PID/maps, smaps and PROCMAP_QUERY walk the VMAs without mmap_lock, one VMA lock after the
 * other. What they say must be an address space that existed:
 *
 *   - every line ends behind the one before it (it may begin in front of that end, for the two
 *     may be of different moments, with a merge in between);
 *   - what is mapped during all of a walk is in it: the guards always are, the pages of a range
 *     are in scenarios that make no holes;
 *   - where the generation of a range was even and the same before and after the walk, its pages
 *     are there and have the protection that their state words say.
 *
 * Some observers are threads of the world, two of them share one open file, and some are
 * processes of their own.
 */
#include "vma_lock_stress.h"

#include <fcntl.h>
#include <linux/types.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* As in linux/fs.h since 6.11, which the headers of this machine may be older than. */
struct query {
	__u64 size, flags, addr, start, end, vm_flags, vm_page_size, offset, inode;
	__u32 major, minor, name_size, build_id_size;
	__u64 name, build_id;
};

#define QUERY			_IOWR('f', 17, struct query)
#define QUERY_READABLE		1
#define QUERY_WRITABLE		2
#define QUERY_COVERING_OR_NEXT	0x10

#define MAX_LINE		256

enum seen { SEEN_NOT, SEEN_NONE, SEEN_RO, SEEN_RW };

struct observer {
	int fd;
	bool queries;
	enum event event;
	size_t used;
	char line[MAX_LINE];
	char buf[32768];
	uintptr_t last_end;
	unsigned char seen[MAX_RANGES][RANGE_PAGES + 1];
	unsigned long gen[MAX_RANGES];
	unsigned long state[MAX_RANGES][RANGE_PAGES + 1];
};

static uintptr_t range_start(unsigned int i)
{
	return (uintptr_t)shared->range[i].base;
}

static uintptr_t address_of(unsigned int i, unsigned int page)
{
	return range_start(i) + (page == RANGE_PAGES ? range_pages() : page) * unit_size();
}

static enum seen expected_of(unsigned long state)
{
	switch (state & STATE_ACCESS) {
	case STATE_UNMAPPED:
		return SEEN_NOT;
	case STATE_NONE:
		return SEEN_NONE;
	case STATE_RO:
		return SEEN_RO;
	default:
		return SEEN_RW;
	}
}

static const char *const seen_names[] = {
	[SEEN_NOT] = "not mapped", [SEEN_NONE] = "no access", [SEEN_RO] = "read-only",
	[SEEN_RW] = "read-write",
};

static void note_before(struct observer *o)
{
	unsigned int i, page;

	for (i = 0; i < shared->nr_ranges; i++) {
		o->gen[i] = atomic_load_explicit(&shared->range[i].gen, memory_order_acquire);
		for (page = 0; page <= RANGE_PAGES; page++)
			o->state[i][page] = get(&shared->range[i].state[page]);
	}
	memset(o->seen, SEEN_NOT, sizeof(o->seen));
	o->last_end = 0;
	o->used = 0;
}

static void note_mapping(struct worker *w, struct observer *o, uintptr_t start, uintptr_t end,
			 enum seen what)
{
	unsigned int i, page;

	if (end <= o->last_end || end <= start)
		check_err("%s by %s: after a mapping that ends at %#lx: expected one that ends behind it: found %#lx-%#lx",
			  events[o->event].name, w->slot->name, (unsigned long)o->last_end,
			  (unsigned long)start, (unsigned long)end);
	o->last_end = end;
	for (i = 0; i < shared->nr_ranges; i++) {
		for (page = 0; page <= RANGE_PAGES; page++) {
			if (page >= range_pages() && page < RANGE_PAGES)
				continue;
			if (address_of(i, page) >= start && address_of(i, page) < end)
				o->seen[i][page] = what;
		}
	}
}

static void note_line(struct worker *w, struct observer *o)
{
	unsigned long start, end;
	enum seen what;
	char perms[8];

	/* smaps has more lines than these. */
	if (sscanf(o->line, "%lx-%lx %7s", &start, &end, perms) != 3 || strlen(perms) != 4)
		return;
	what = perms[1] == 'w' ? SEEN_RW : perms[0] == 'r' ? SEEN_RO : SEEN_NONE;
	/* As if the walk had stepped over a VMA. */
	if (opt.sabotage == SAB_MAPS && start == address_of(0, RANGE_PAGES))
		return;
	note_mapping(w, o, start, end, what);
}

static void complain(struct worker *w, const struct observer *o, unsigned int i,
		     unsigned int page, bool stable, enum seen expected, enum seen found)
{
	check_err("range %u page %u: generation %lu (%s): %s by %s: expected %s: found %s", i, page,
		  o->gen[i], stable ? "stable" : "call in flight", events[o->event].name,
		  w->slot->name, seen_names[expected], seen_names[found]);
}

/*
 * The walk of maps goes on from where a VMA ended when it was found, and shows it as it is when
 * it is locked. What was split off in between is stepped over, and so is what a VMA grew over
 * between two steps: pages in the middle of a range, and only where a change was under way. A
 * guard is a VMA of its own, which nothing is split off.
 */
static bool is_known(const struct observer *o, unsigned int page, bool stable, enum seen found)
{
	if (o->event != EV_READ_MAPS || found != SEEN_NOT || stable || !page ||
	    page == RANGE_PAGES || opt.sabotage)
		return false;
	snprintf(shared->known, sizeof(shared->known),
		 "known weakness of this kernel: a read of maps can step over what is split off a VMA meanwhile");
	return true;
}

/* The seen pages of a range against what must have been there all the time. */
static void judge_range(struct worker *w, const struct observer *o, unsigned int i)
{
	unsigned int page;
	enum seen expected, found;
	bool stable;

	atomic_thread_fence(memory_order_seq_cst);
	stable = !(o->gen[i] & 1) && get(&shared->range[i].gen) == o->gen[i];
	add(&w->slot->count[stable ? CNT_BRACKETED : CNT_LOOSE], 1);
	for (page = 0; page <= RANGE_PAGES; page++) {
		if (page >= range_pages() && page < RANGE_PAGES)
			continue;
		expected = expected_of(o->state[i][page]);
		found = o->seen[i][page];
		if (stable || page == RANGE_PAGES) {
			if (found == expected)
				continue;
		} else if (found != SEEN_NOT || w->makes & MAKES_HOLES) {
			if (found != expected)
				add(&w->slot->count[CNT_SURPRISES], 1);
			continue;
		}
		if (!is_known(o, page, stable, found))
			complain(w, o, i, page, stable, expected, found);
		return;
	}
}

static void read_once(struct worker *w, struct observer *o)
{
	unsigned int i;
	ssize_t n, k;

	if (lseek(o->fd, 0, SEEK_SET))
		return;
	note_before(o);
	while ((n = read(o->fd, o->buf, sizeof(o->buf))) > 0) {
		add(&w->slot->progress, 1);
		for (k = 0; k < n; k++) {
			if (o->buf[k] != '\n') {
				if (o->used < MAX_LINE - 1)
					o->line[o->used++] = o->buf[k];
				continue;
			}
			o->line[o->used] = '\0';
			o->used = 0;
			note_line(w, o);
		}
	}
	if (n < 0)
		check_err("%s by %s: expected success: found %s", events[o->event].name,
			  w->slot->name, strerror(errno));
	for (i = 0; i < shared->nr_ranges; i++)
		judge_range(w, o, i);
}

static void judge_query(struct worker *w, unsigned int i, unsigned int page, unsigned long gen,
			unsigned long state, const struct query *q, int error)
{
	bool stable = !(gen & 1) && get(&shared->range[i].gen) == gen;
	enum seen expected = expected_of(state), found = SEEN_NOT;
	uintptr_t addr = address_of(i, page);

	add(&w->slot->count[stable ? CNT_BRACKETED : CNT_LOOSE], 1);
	if (!error && q->start <= addr)
		found = q->vm_flags & QUERY_WRITABLE ? SEEN_RW :
			q->vm_flags & QUERY_READABLE ? SEEN_RO : SEEN_NONE;
	if (!error && (q->end <= addr || q->end <= q->start))
		check_err("range %u page %u: %s by %s: expected a mapping that ends behind %#lx: found %#llx-%#llx",
			  i, page, events[EV_QUERY_MAPS].name, w->slot->name, (unsigned long)addr,
			  (unsigned long long)q->start, (unsigned long long)q->end);
	else if ((stable || page == RANGE_PAGES) ? found != expected :
		 found == SEEN_NOT && !(w->makes & MAKES_HOLES))
		check_err("range %u page %u: generation %lu (%s): %s by %s: expected %s: found %s",
			  i, page, gen, stable ? "stable" : "call in flight",
			  events[EV_QUERY_MAPS].name, w->slot->name, seen_names[expected],
			  seen_names[found]);
	else if (!stable && found != expected)
		add(&w->slot->count[CNT_SURPRISES], 1);
}

static bool query_once(struct worker *w, struct observer *o)
{
	uint64_t draw = next_random(&w->random);
	/* Who is bound to a CPU asks about the range whose mutator preempts there. */
	unsigned int i = w->cpu < 0 ? take(&draw, shared->nr_ranges) : 0;
	unsigned int page = take(&draw, range_pages() + 1);
	struct query q = { .size = sizeof(q) };
	unsigned long gen, state;
	int error;

	if (page == range_pages())
		page = RANGE_PAGES;
	q.addr = address_of(i, page);
	q.flags = take(&draw, 2) ? QUERY_COVERING_OR_NEXT : 0;
	gen = atomic_load_explicit(&shared->range[i].gen, memory_order_acquire);
	state = get(&shared->range[i].state[page]);
	error = ioctl(o->fd, QUERY, &q) ? errno : 0;
	atomic_thread_fence(memory_order_seq_cst);
	if (error == ENOTTY)
		return false;
	if (error && error != ENOENT) {
		check_err("%s by %s: expected success or ENOENT: found %s",
			  events[EV_QUERY_MAPS].name, w->slot->name, strerror(error));
		return true;
	}
	if (opt.sabotage == SAB_QUERY && !error)
		q.end = q.addr;
	judge_query(w, i, page, gen, state, &q, error);
	return true;
}

static void observe_until_stopped(struct worker *w)
{
	struct observer *o = w->arg;
	uint64_t started;
	bool goes_on = true;

	while (!stopping() && goes_on) {
		now_in(w, o->event);
		started = now_ns();
		if (o->queries)
			goes_on = query_once(w, o);
		else
			read_once(w, o);
		done_with(w, o->event, now_ns() - started);
	}
}

static struct observer *new_observer(const char *file, bool queries, int shared_fd)
{
	struct observer *o;
	char path[40];

	o = mmap(NULL, sizeof(*o), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (o == MAP_FAILED)
		no_setup("no memory for an observer", errno);
	snprintf(path, sizeof(path), "/proc/%d/%s", getpid(), file);
	o->fd = shared_fd >= 0 ? shared_fd : open(path, O_RDONLY | O_CLOEXEC);
	if (o->fd < 0)
		no_setup("/proc is not there to be read", errno);
	o->queries = queries;
	o->event = queries ? EV_QUERY_MAPS :
		   !strcmp(file, "smaps") ? EV_READ_SMAPS : EV_READ_MAPS;
	return o;
}

/* Processes first, threads after them. All open the file before there is another thread. */
void start_observers(const struct scenario *s)
{
	static const struct {
		const char *file;
		bool process, queries, shares;
	} kinds[] = {
		{ "maps", true, false, false },
		{ "smaps", true, false, false },
		{ "maps", true, true, false },
		{ "maps", false, false, false },
		/* On the file of the one before. */
		{ "maps", false, true, true },
	};
	unsigned int i, first = bout.index % 2;
	struct observer *o = NULL;
	struct worker *w;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		/* Not all of them at once on a small machine: the others next time. */
		if (cpus < 8 && i < 3 && i % 2 != first)
			continue;
		o = new_observer(kinds[i].file, kinds[i].queries, kinds[i].shares ? o->fd : -1);
		w = new_worker(s, ROLE_OTHER, i, "observer", observe_until_stopped);
		w->arg = o;
		if (bout.plan == PLAN_HOG || bout.plan == PLAN_PREEMPT ||
		    bout.plan == PLAN_RECYCLE)
			w->cpu = usable_cpu(0);
		if (kinds[i].process)
			start_helper(w);
	}
}
