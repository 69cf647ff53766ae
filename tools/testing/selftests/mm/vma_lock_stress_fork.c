// SPDX-License-Identifier: GPL-2.0
/*
 * vma_lock_stress: fork, exec and exit in the middle of faults
 *
 * fork() takes every VMA for writing and then copies the page tables. A thread that gets a fault
 * in meanwhile writes to a page that the child already has, or to one that it does not have yet,
 * and the child sees two moments at once. That is what happened when per-VMA locks were new.
 *
 * Each dirtier stores the numbers 1, 2, 3 and so on, the nth one into page n modulo PAGES of its
 * own. Whatever moment a child sees, there is a last number in it, and for every page the number
 * that belongs there follows from that one.
 */
#include "vma_lock_stress.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGES		32
#define MAX_DIRTIERS	8
#define VICTIM_THREADS	4
#define VICTIM_PAGES	32

static unsigned char *areas[MAX_DIRTIERS];
static unsigned int nr_dirtiers;

/* ---- fork against dirtying threads ---- */

static atomic_ulong *number_at(unsigned int area, unsigned int page)
{
	return (atomic_ulong *)(areas[area] + page * page_size);
}

/* The last number up to this one that goes into the page; 0 if there is none. */
static unsigned long belongs(unsigned long last, unsigned int page)
{
	unsigned long back = (last - page) % PAGES;

	if (last < page)
		return 0;
	return last > back ? last - back : 0;
}

static void dirty_until_stopped(struct worker *w)
{
	struct rusage first, now;
	unsigned long n, found;
	uint64_t started = 0;
	unsigned int page;

	getrusage(RUSAGE_THREAD, &first);
	for (n = 1; !stopping(); n++) {
		page = n % PAGES;
		now_in(w, EV_DIRTY);
		if (!(n & 7))
			started = now_ns();
		/* Nobody else stores here: what was there before must still be. */
		found = get(number_at(w->index, page));
		add(&w->slot->count[CNT_BRACKETED], 1);
		if (found != (n > PAGES ? n - PAGES : 0)) {
			check_err("dirtier %u page %u: before the store of %lu: expected %lu: found %lu",
				  w->index, page, n, n > PAGES ? n - PAGES : 0, found);
			return;
		}
		set(number_at(w->index, page), n);
		done_with(w, EV_DIRTY, n & 7 ? 0 : now_ns() - started);
		if (n % 1024)
			continue;
		getrusage(RUSAGE_THREAD, &now);
		set(&w->slot->count[CNT_FAULTS], now.ru_minflt - first.ru_minflt);
		set(&w->slot->count[CNT_WAITS], now.ru_nvcsw - first.ru_nvcsw);
	}
}

/* In the child of a fork. */
static bool sees_one_moment(unsigned long nth)
{
	unsigned long last, found;
	unsigned int i, page;

	for (i = 0; i < nr_dirtiers; i++) {
		last = 0;
		for (page = 0; page < PAGES; page++) {
			found = get(number_at(i, page));
			last = found > last ? found : last;
		}
		/* As if one page had been copied later than the others. */
		if (opt.sabotage == SAB_EPOCH && last > PAGES)
			set(number_at(i, (last + 1) % PAGES), last + 1);
		for (page = 0; page < PAGES; page++) {
			found = get(number_at(i, page));
			if (found == belongs(last, page))
				continue;
			check_err("child of fork %lu: dirtier %u page %u, last number %lu: expected %lu: found %lu",
				  nth, i, page, last, belongs(last, page), found);
			return false;
		}
	}
	return true;
}

static void fork_until_stopped(struct worker *w)
{
	unsigned long nth = 0;
	uint64_t started;
	long switches;
	pid_t pid;
	int status;

	while (!stopping()) {
		now_in(w, EV_FORK);
		switches = own_switches();
		started = now_ns();
		pid = fork();
		if (!pid)
			_exit(!sees_one_moment(nth));
		if (pid < 0) {
			add(&w->slot->count[CNT_FAILED], 1);
			atomic_store(&shared->call_errno, errno);
			nap(NSEC_PER_MSEC);
			continue;
		}
		add(&w->slot->count[CNT_WAITS], own_switches() - switches);
		done_with(w, EV_FORK, now_ns() - started);
		if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
			check_err("child of fork %lu: expected exit: found status %#x", nth,
				  status);
		add(&w->slot->count[CNT_BRACKETED], 1);
		nth++;
		nap(next_random(&w->random) % NSEC_PER_MSEC);
	}
}

void fork_body(const struct scenario *s)
{
	unsigned int i;

	nr_dirtiers = cpus < MAX_DIRTIERS ? cpus : MAX_DIRTIERS;
	for (i = 0; i < nr_dirtiers; i++) {
		/* One VMA each: neighbours of one kind would merge. */
		areas[i] = mmap(NULL, (PAGES + 1) * page_size, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (areas[i] == MAP_FAILED || mprotect(areas[i] + PAGES * page_size, page_size,
						       PROT_NONE))
			no_setup("no memory for the pages (ulimit -v?)", errno);
		new_worker(s, ROLE_READER, i, "dirtier", dirty_until_stopped);
	}
	new_worker(s, ROLE_MUTATOR, 0, "forker", fork_until_stopped);
	start_workers();
	join_workers(ROLE_MUTATOR);
	join_workers(ROLE_READER);
}

/* ---- exec and exit against faults, and readers from elsewhere ---- */

struct victim {
	unsigned char *pages;
	uint64_t random;
};

static void *fault_for_ever(void *arg)
{
	struct victim *v = arg;
	uint64_t random = v->random++, draw;
	unsigned int page;

	for (;;) {
		draw = next_random(&random);
		page = take(&draw, VICTIM_PAGES);
		set((atomic_ulong *)(v->pages + page * page_size), draw);
		if (take(&draw, 4))
			madvise(v->pages + page * page_size, page_size, MADV_DONTNEED);
	}
	return NULL;
}

/* How the victim comes to its end. */
enum demise { DIES_BY_EXIT, DIES_BY_EXEC, DIES_BY_KILL, NR_DEMISES };

static __noreturn void be_victim(enum demise how, uint64_t random, int self_fd)
{
	static const char *const argv[] = { "vma_lock_stress", "--exit", NULL };
	static const char *const none[] = { NULL };
	struct victim v = { .random = random };
	pthread_t thread;
	unsigned int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	v.pages = mmap(NULL, VICTIM_PAGES * page_size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (v.pages == MAP_FAILED)
		_exit(0);
	for (i = 0; i < VICTIM_THREADS; i++) {
		/* Fewer will do. */
		if (pthread_create(&thread, NULL, fault_for_ever, &v))
			break;
	}
	nap(random % (2 * NSEC_PER_MSEC));
	if (how == DIES_BY_EXEC)
		syscall(SYS_execveat, self_fd, "", argv, none, 0x1000 /* AT_EMPTY_PATH */);
	if (how == DIES_BY_KILL)
		raise(SIGKILL);
	_exit(0);
}

static atomic_int victim_pid;

static void kill_until_stopped(struct worker *w)
{
	int self_fd = (intptr_t)w->arg, status, expected;
	uint64_t started, draw;
	enum demise how;
	pid_t pid;

	while (!stopping()) {
		draw = next_random(&w->random);
		how = take(&draw, NR_DEMISES);
		if (how == DIES_BY_EXEC && self_fd < 0)
			how = DIES_BY_EXIT;
		now_in(w, EV_EXIT);
		started = now_ns();
		pid = fork();
		if (!pid)
			be_victim(how, draw, self_fd);
		if (pid < 0) {
			add(&w->slot->count[CNT_FAILED], 1);
			atomic_store(&shared->call_errno, errno);
			nap(NSEC_PER_MSEC);
			continue;
		}
		atomic_store(&victim_pid, pid);
		expected = how == DIES_BY_KILL ? SIGKILL : 0;
		if (waitpid(pid, &status, 0) != pid || status != expected)
			check_err("a process that ends by %s with %d threads in faults: expected status %#x: found %#x",
				  how == DIES_BY_EXEC ? "exec" : how == DIES_BY_KILL ? "SIGKILL" :
				  "exit", VICTIM_THREADS, expected, status);
		add(&w->slot->count[CNT_BRACKETED], 1);
		done_with(w, EV_EXIT, now_ns() - started);
	}
}

/* Walks the maps of whatever process is about to end. */
static void watch_victims(struct worker *w)
{
	char path[32], *buf = w->arg;
	uint64_t started;
	int fd;

	while (!stopping()) {
		snprintf(path, sizeof(path), "/proc/%d/maps", atomic_load(&victim_pid));
		fd = atomic_load(&victim_pid) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
		if (fd < 0) {
			add(&w->slot->progress, 1);
			nap(NSEC_PER_MSEC / 10);
			continue;
		}
		now_in(w, EV_READ_MAPS);
		started = now_ns();
		/* It may say anything, and nothing once the process is gone; but it must end. */
		while (read(fd, buf, 32768) > 0)
			lseek(fd, 0, SEEK_SET);
		close(fd);
		done_with(w, EV_READ_MAPS, now_ns() - started);
	}
}

void exec_exit_body(const struct scenario *s)
{
	struct worker *w;
	unsigned int i;

	w = new_worker(s, ROLE_MUTATOR, 0, "killer", kill_until_stopped);
	w->arg = (void *)(intptr_t)open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	for (i = 0; i < 2; i++) {
		w = new_worker(s, ROLE_OTHER, i, "witness", watch_victims);
		w->arg = mmap(NULL, 32768, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			      0);
		if (w->arg == MAP_FAILED)
			no_setup("no memory for a witness", errno);
	}
	start_workers();
	join_workers(ROLE_MUTATOR);
	join_workers(ROLE_OTHER);
}
