/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vma_lock_stress: what its files share
 *
 *	vma_lock_stress.c	options, the order of events, results in TAP
 *	vma_lock_stress_table.c	scenarios, operations, plans, sabotages: all tables
 *	vma_lock_stress_watch.c	the controller's eyes: kernel, watchdog, transitions
 *	vma_lock_stress_json.c	the same results for programs
 *	vma_lock_stress_world.c	faults against changes, every access checked
 *	vma_lock_stress_fork.c	fork, exec and exit in the middle of faults
 *	vma_lock_stress_hold.c	one reader parked, and what then waits and what does not
 *	vma_lock_stress_maps.c	/proc/PID/maps, smaps and PROCMAP_QUERY against changes
 *	vma_lock_stress_plan.c	who runs where, at which priority, and who gets in the way
 *
 * The controller is the process that was started. Each scenario runs in one or more bouts; a
 * bout is a child with an mm of its own, and what that child starts. Only the controller prints.
 * Controller and child share one mapping, so a lock that is never released cannot stop the
 * controller.
 */
#ifndef VMA_LOCK_STRESS_H
#define VMA_LOCK_STRESS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>

#include "kselftest.h"

/* What more than one file uses and the headers of an older system lack. */
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE	0x100000
#endif
#ifndef MADV_COLD
#define MADV_COLD		20
#endif
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL	102
#define MADV_GUARD_REMOVE	103
#endif
#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY	1
#endif
#ifndef SYS_mseal
#define SYS_mseal		462
#endif

#define NSEC_PER_SEC	1000000000ULL
#define NSEC_PER_MSEC	1000000ULL
#define NSEC_PER_USEC	1000ULL

/* What a thread can be doing. From EV_PROTECT_ALL on: what changes VMAs. */
enum event {
	EV_UNBORN,
	EV_ENDED,
	EV_NONE,
	EV_LOAD_ID,
	EV_LOAD_STAMP,
	EV_STORE_ID,
	EV_ZAP,
	EV_DIRTY,
	EV_READ_MAPS,
	EV_READ_SMAPS,
	EV_QUERY_MAPS,
	EV_RESOLVE,
	EV_HOLD,
	EV_PROTECT_ALL,
	EV_PROTECT_PART,
	EV_UNMAP,
	EV_FILL,
	EV_REMAP,
	EV_REPLACE,
	EV_MOVE,
	EV_RESIZE,
	EV_DONTUNMAP,
	EV_LOCK,
	EV_ADVISE,
	EV_DROP,
	EV_GUARD,
	EV_COLLAPSE,
	EV_PUNCH,
	EV_BRK,
	EV_STACK,
	EV_SEALED,
	EV_REMOTE,
	EV_FORK,
	EV_EXIT,
	EV_WAITER,
	NR_EVENTS,
	EV_FIRST_CHANGE = EV_PROTECT_ALL,
};

/* States that an operation can leave behind or pass through, and a reader may meet. */
#define MAKES_READONLY	1
#define MAKES_HOLES	2
#define MAKES_GUARDS	4

struct event_info {
	const char *key;	/* in JSON */
	const char *name;	/* in messages */
	unsigned int makes;
};

extern const struct event_info events[NR_EVENTS];

/* The branches of the lock; Documentation/mm/vma_lock_stress.rst says what each is. */
enum transition {
	T_R0, T_R1, T_R2, T_R3, T_R4, T_R5, T_R6, T_R7, T_R8, T_N1, T_N2, T_N3, T_N4,
	T_W1, T_W2, T_W3, T_W4, T_D1, T_D2, T_D3, T_P1, T_F1,
	NR_TRANSITIONS,
};

#define T_BIT(t)	(1U << T_##t)

extern const char *const transition_names[NR_TRANSITIONS];

/* Who runs where. The text of each is in the table. */
enum plan {
	PLAN_FREE,
	PLAN_SPREAD,
	PLAN_PREEMPT,
	PLAN_HOG,
	PLAN_TENANT,
	PLAN_RECYCLE,
	PLAN_SLIDE,
	PLAN_CROWD,
	NR_PLANS,
};

#define PLAN_BIT(p)	(1U << PLAN_##p)

struct plan_info {
	const char *name;
	const char *does;
	unsigned int aims;	/* T_BIT()s for which it is good */
	unsigned int cpus;	/* that it takes */
};

extern const struct plan_info plans[NR_PLANS];

/* What lies under the pages of a range. */
enum backing {
	BACK_ANON,
	BACK_SHMEM,
	BACK_FILE_SHARED,
	BACK_FILE_PRIVATE,
	BACK_THP,
	BACK_HUGETLB,
	BACK_UFFD,
	BACK_BRK,
	BACK_STACK,
};

/* What a scenario has besides readers and mutators. */
#define WITH_OBSERVERS	1	/* processes and threads that read maps */
#define WITH_FORKS	2	/* children come and go */
#define WITH_REMOTE	4	/* another process advises with process_madvise() */
#define WITH_SEALS	8	/* the guards are sealed */

struct scenario {
	const char *name;
	const char *races;
	const char *oracle;
	unsigned int aims;	/* T_BIT()s */
	void (*body)(const struct scenario *s);
	enum backing backing;
	unsigned int plans;	/* PLAN_BIT()s; none: the body decides */
	unsigned int with;
	unsigned int share;	/* of the time */
	unsigned int weight[NR_EVENTS];
};

extern const struct scenario scenarios[];
extern const unsigned int nr_scenarios;

/* Ways to make one check see what it must never see, to prove that it can fail. */
enum sabotage {
	SAB_NONE,
	SAB_VALUE,
	SAB_ACCESS,
	SAB_LOST,
	SAB_HOLE,
	SAB_GUARD,
	SAB_HANG,
	SAB_TAINT,
	SAB_SPLAT,
	SAB_IDLE,
	SAB_COLLAPSE,
	SAB_MAPS,
	SAB_QUERY,
	SAB_EPOCH,
	SAB_NO_WAIT,
	SAB_WAITS,
	SAB_BYSTANDER,
	SAB_KILL,
	NR_SABOTAGES,
};

struct sabotage_info {
	const char *name;
	const char *does;
	const char *scenario;	/* where it bites, unless asked otherwise; NULL: "mixed" */
};

extern const struct sabotage_info sabotages[NR_SABOTAGES];

#define MAX_RANGES	2
#define RANGE_PAGES	64
#define MAX_READERS	256
#define MAX_SLOTS	(MAX_READERS + 24)
#define MAX_SECONDS	86400
#define MAX_VERDICTS	8		/* failed checks told in full, for each scenario */
#define NR_BUCKETS	40		/* of a histogram: bucket n has 2^n to 2^(n+1) ns */
#define THREAD_STACK	(256 * 1024)
#define DIGEST_OPS	64

enum role { ROLE_MUTATOR, ROLE_READER, ROLE_OTHER, NR_ROLES };

enum count {
	CNT_BRACKETED,		/* checks between two equal even generations */
	CNT_LOOSE,		/* checks while a call was in flight */
	CNT_SEGV,		/* SIGSEGV that had to come, or might */
	CNT_FAULTS,		/* ru_minflt */
	CNT_WAITS,		/* voluntary context switches but for the thread's own naps */
	CNT_FAILED,		/* modifying calls that failed for want of memory */
	CNT_REFUSED,		/* modifying calls that the kernel may refuse, and did */
	CNT_SURPRISES,		/* outcomes that only a call in flight explains */
	NR_COUNTS,
};

/* What a thread of the child publishes; it alone writes it. */
struct slot {
	alignas(128) atomic_ulong progress;
	char name[24];
	enum role role;
	atomic_int pid, tid;
	atomic_int event;
	atomic_ulong done[NR_EVENTS];
	atomic_ulong count[NR_COUNTS];
	atomic_uint hist[NR_EVENTS][NR_BUCKETS];
};

/* A range of pages that readers visit and one mutator changes; see vma_lock_stress_world.c. */
struct range {
	alignas(128) atomic_ulong gen;
	atomic_ulong epoch;			/* the newest that any page can have */
	atomic_ulong state[RANGE_PAGES + 1];	/* the last one is the guard */
	atomic_ulong confirmed[RANGE_PAGES];	/* epoch in which the identity surely is there */
	unsigned char *base;
	unsigned char *spare;			/* as long, reserved, for the mutator alone */
	unsigned int index;
	int fd;
	int uffd;
};

/* The mapping that controller and child share. */
struct shared {
	atomic_bool running;
	atomic_bool stop;
	atomic_ulong violations;
	atomic_int call_errno;
	atomic_uint nr_slots;
	atomic_ulong digest[MAX_RANGES];
	char no_setup[160];
	char known[240];		/* a known weakness that was found */
	char note[400];			/* what a directed scenario measured */
	siginfo_t stray;
	struct {
		atomic_bool ready;
		char text[440];
	} verdict[MAX_VERDICTS];
	/* Between the processes of a bout. */
	atomic_int kick, helpers_stop;
	atomic_ulong round, round_done, reader_ns, mutator_ns;
	unsigned int nr_ranges;
	struct range range[MAX_RANGES];
	struct slot slot[MAX_SLOTS];
};

extern struct shared *shared;

#define OUT_OF_MEMORY	"the kernel killed a process of it for want of memory (a limit of its cgroup?)"

/* How the child ends, unless by a signal. */
enum { CHILD_DONE, CHILD_NO_SETUP = 10, CHILD_STRAY };

/* One child. */
struct bout {
	enum plan plan;
	unsigned int index;
	long long oom_kills;	/* before it began */
};

struct options {
	unsigned long long seed;
	double seconds;
	unsigned long readers, deadline, memory_mib;
	enum sabotage sabotage;
	bool quiet, progress, strict, unprivileged;
	bool chosen[64];
	unsigned int nr_chosen;
	const char *json;
	enum plan plan;
	bool plan_given;
	unsigned long long require[NR_TRANSITIONS];
};

extern struct options opt;
extern struct bout bout;
extern size_t page_size;
extern unsigned int cpus;

/* ---- small things ---- */

static inline unsigned long get(const atomic_ulong *p)
{
	return atomic_load_explicit(p, memory_order_relaxed);
}

static inline void set(atomic_ulong *p, unsigned long value)
{
	atomic_store_explicit(p, value, memory_order_relaxed);
}

/* Only for words with a single writer. */
static inline void add(atomic_ulong *p, unsigned long n)
{
	set(p, get(p) + n);
}

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static inline uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static inline void nap(uint64_t ns)
{
	struct timespec ts = { .tv_sec = ns / NSEC_PER_SEC, .tv_nsec = ns % NSEC_PER_SEC };

	nanosleep(&ts, NULL);
}

static inline uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

static inline uint64_t next_random(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15ULL;
	return mix(*state);
}

/* Splits one random number into several small choices. */
static inline unsigned int take(uint64_t *draw, unsigned int n)
{
	unsigned int choice = *draw % n;

	*draw /= n;
	return choice;
}

static inline double seconds(uint64_t ns)
{
	return (double)ns / NSEC_PER_SEC;
}

static inline bool stopping(void)
{
	return atomic_load_explicit(&shared->stop, memory_order_relaxed);
}

/* ---- a child and its threads (vma_lock_stress_plan.c) ---- */

#define OUT_OK		1U
#define OUT_UNMAPPED	2U
#define OUT_DENIED	4U
#define OUT_OTHER	8U

struct worker {
	struct slot *slot;
	const struct scenario *scenario;
	void (*main)(struct worker *w);
	unsigned int index;		/* among those of its role */
	unsigned int makes;		/* over all operations of the scenario */
	int cpu;			/* to run on, or -1 */
	uint64_t random;
	struct range *range;		/* of a mutator; readers may have none of their own */
	void *arg;
	unsigned long ops;
	uint64_t digest;
	pthread_t thread;
	/* The access under way, and how it ended. */
	sigjmp_buf env;
	atomic_bool armed;
	unsigned int out;
	siginfo_t info;
	unsigned long value;
	/* The last access before this one. */
	struct rusage_seen {
		long minflt, nvcsw, naps;
	} seen;
};

void now_in(struct worker *w, enum event ev);
void done_with(struct worker *w, enum event ev, uint64_t took);
void check_err(const char *fmt, ...) __printf(1, 2);
void no_setup(const char *what, int error) __noreturn;
struct worker *new_worker(const struct scenario *s, enum role as, unsigned int index,
			  const char *name, void (*main)(struct worker *w));
void start_workers(void);
void join_workers(enum role of);
pid_t start_helper(struct worker *w);
void join_helpers(void);
void probe(struct worker *w, unsigned long *word, bool store, unsigned long value);
void catch_faults(void);
long own_switches(void);
int own_tid(void);
uint64_t stream_of(const struct scenario *s, enum role as, unsigned int index);

/* From who is preempted to who preempts. */
enum rank { RANK_READER, RANK_HOG, RANK_MUTATOR, RANK_TENANT };

void take_rank(enum rank rank);
void place(struct worker *w);
void child_process(const struct scenario *s, pid_t controller) __noreturn;
bool read_task_file(pid_t pid, int tid, const char *file, char *buf, size_t size);
int usable_cpu(unsigned int n);
void pin(int cpu);
bool may_fifo(void);
void start_companions(const struct scenario *s);
void wait_between(struct worker *w);
bool slide_reader(struct worker *w, uint64_t *started);
void slide_reader_done(uint64_t took);
bool slide_mutator(struct worker *w);
bool plan_preempts(void);
unsigned int plan_readers(void);
unsigned int plan_ranges(const struct scenario *s);

/* ---- bodies ---- */

void world_body(const struct scenario *s);
void start_observers(const struct scenario *s);
void fork_body(const struct scenario *s);
void fork_killed_body(const struct scenario *s);
void exec_exit_body(const struct scenario *s);
void waits_body(const struct scenario *s);
void bystanders_body(const struct scenario *s);
void short_holds_body(const struct scenario *s);
void guard_fork_body(const struct scenario *s);

/* The state word of a page: access, guard region or not, stamped or not, and its epoch. */
#define STATE_UNMAPPED	0UL
#define STATE_RO	1UL
#define STATE_RW	2UL
#define STATE_NONE	3UL
#define STATE_ACCESS	3UL
#define STATE_STAMPED	4UL
#define STATE_GUARDED	8UL
#define EPOCH_SHIFT	4

size_t unit_size(void);
unsigned int range_pages(void);

/* ---- the controller ---- */

#define NR_VMSTAT	4

extern const char *const vmstat_names[NR_VMSTAT];

struct kernel_view {
	bool taint_known;
	unsigned long taint;
	long long vmstat[NR_VMSTAT];			/* or -1 */
	/* Of the whole system, for want of memory or for a cgroup's limit; or -1. */
	long long oom_kills;
	bool transitions_known;
	unsigned long long transition[NR_TRANSITIONS];
};

/* One point of a series. */
struct sample {
	unsigned int ms;
	unsigned long faults, calls, checks;
	unsigned long long transition[NR_TRANSITIONS];
};

#define MAX_SAMPLES	256

struct result {
	int code;
	bool ran;
	char why[240];		/* of a skip */
	bool stuck;		/* a process is left behind */
	unsigned long violations;
	char verdict[MAX_VERDICTS][440];
	unsigned int told;
	uint64_t ns;
	unsigned int bouts;
	uint64_t plan_ns[NR_PLANS];
	unsigned long long plan_reached[NR_PLANS][NR_TRANSITIONS];
	unsigned long done[NR_EVENTS];
	unsigned long count[NR_ROLES][NR_COUNTS];
	unsigned long hist[NR_EVENTS][NR_BUCKETS];
	unsigned long digest[MAX_RANGES];
	long long vmstat[NR_VMSTAT];
	bool counted;		/* transitions, rather than inferred */
	unsigned long long transition[NR_TRANSITIONS];
	struct sample *sample;
	unsigned int nr_samples, sample_ms;
	uint64_t standstill;	/* the longest time without a change completed */
	char note[400];
	char known[240];
};

enum ending { END_EXITED, END_KILLED, END_STUCK, END_INTERRUPTED };

struct watch {
	const struct scenario *scenario;
	struct result *result;
	pid_t pid;
	int status;
	uint64_t budget, started, ran;
	/* For how long each thread has not moved, and the child not become ready or ended. */
	unsigned long progress[MAX_SLOTS];
	uint64_t idle[MAX_SLOTS], unfinished, quiet;
	unsigned int told;
	struct kernel_view before;
};

extern atomic_int interrupted;

void tap_info(const char *fmt, ...) __printf(1, 2);	/* a line of TAP diagnostics */
void scenario_err(const struct scenario *s, const char *fmt, ...) __printf(2, 3);
bool output_failed(void);

struct kernel_view look_at_kernel(void);
bool killed_for_memory(int status);
bool kernel_at_least(unsigned int major, unsigned int minor);
unsigned long taint_trouble(const struct kernel_view *before, const struct kernel_view *after);
void open_log(void);
bool log_has_splat(char *line, size_t size);
void sabotage_log(void);
enum ending watch_child(struct watch *watch);
void reap_leftovers(void);
void gather(struct result *result);
unsigned long sum_counts(enum count c, enum role of);
unsigned long sum_changes(void);
void infer_transitions(struct result *result);

bool open_json(const char *path);
bool write_json(const struct result *results, const struct kernel_view *first);

#endif /* VMA_LOCK_STRESS_H */
