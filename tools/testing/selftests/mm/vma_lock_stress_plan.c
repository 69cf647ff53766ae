// SPDX-License-Identifier: GPL-2.0
/*
 * vma_lock_stress: the threads and processes of a bout, and who gets in whose way
 *
 * The windows of the lock are a few instructions long. A reader is found inside one of them if
 * something takes its CPU away just there. Three ways need no change to the kernel:
 *
 *   preempt	the mutator sleeps on the reader's CPU and is of a class that preempts it. Its
 *		timer goes off wherever the reader happens to be, and the VMA is gone or changed
 *		when the reader goes on.
 *   hog	the mutator runs on another CPU, and short bursts of load stop the reader for the
 *		length of a few calls of the mutator.
 *   slide	one access and one call start together, one of them later by an amount that is
 *		drawn anew each time, so that every overlap of the two comes up.
 *
 * With CAP_SYS_NICE the ones that preempt are SCHED_FIFO. Without it the ones that are preempted
 * are SCHED_IDLE, which anyone may be.
 */
#include "vma_lock_stress.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOG_BURST	(40 * NSEC_PER_USEC)
#define TENANT_WAIT	(30 * NSEC_PER_USEC)
#define RECYCLE_WAIT	(20 * NSEC_PER_USEC)
#define TENANT_PAGES	3
#define MAX_HELPERS	8

static struct worker *workers[MAX_SLOTS];
static unsigned int nr_workers;
static pid_t helpers[MAX_HELPERS];
static unsigned int nr_helpers;
static __thread struct worker *self;

/* ---- what a thread publishes ---- */

void now_in(struct worker *w, enum event ev)
{
	atomic_store_explicit(&w->slot->event, ev, memory_order_relaxed);
	add(&w->slot->progress, 1);
}

void done_with(struct worker *w, enum event ev, uint64_t took)
{
	atomic_uint *bucket;
	unsigned int n = 0;

	add(&w->slot->done[ev], 1);
	if (took) {
		n = 63 - __builtin_clzll(took);
		bucket = &w->slot->hist[ev][n < NR_BUCKETS ? n : NR_BUCKETS - 1];
		atomic_store_explicit(bucket,
				      atomic_load_explicit(bucket, memory_order_relaxed) + 1,
				      memory_order_relaxed);
	}
	now_in(w, EV_NONE);
}

void check_err(const char *fmt, ...)
{
	unsigned long n = atomic_fetch_add(&shared->violations, 1);
	va_list ap;

	if (n >= MAX_VERDICTS)
		return;
	va_start(ap, fmt);
	vsnprintf(shared->verdict[n].text, sizeof(shared->verdict[n].text), fmt, ap);
	va_end(ap);
	atomic_store_explicit(&shared->verdict[n].ready, true, memory_order_release);
}

void no_setup(const char *what, int error)
{
	if (error)
		snprintf(shared->no_setup, sizeof(shared->no_setup), "%s: %s", what,
			 strerror(error));
	else
		snprintf(shared->no_setup, sizeof(shared->no_setup), "%s", what);
	_exit(CHILD_NO_SETUP);
}

int own_tid(void)
{
	return syscall(SYS_gettid);
}

long own_switches(void)
{
	struct rusage ru;

	getrusage(RUSAGE_THREAD, &ru);
	return ru.ru_nvcsw;
}

/*
 * The stream of a thread depends on the seed, the scenario's name, the bout and the thread's
 * place, not on how many threads or scenarios there are: choosing one scenario, or other numbers
 * of readers, leaves the choices of the others as they are.
 */
uint64_t stream_of(const struct scenario *s, enum role as, unsigned int index)
{
	uint64_t state = opt.seed;
	const char *c;

	for (c = s->name; *c; c++)
		state = mix(state + *c);
	return mix(mix(state + bout.index) + NR_ROLES * index + as);
}

/* ---- one access, caught ---- */

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
void probe(struct worker *w, unsigned long *word, bool store, unsigned long value)
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

void catch_faults(void)
{
	struct sigaction sa = { .sa_sigaction = on_fault, .sa_flags = SA_NODEFER | SA_SIGINFO };

	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
}

/* ---- CPUs and priorities ---- */

/* The nth of the CPUs this program may use, counted around; -1 if they are not known. */
int usable_cpu(unsigned int n)
{
	cpu_set_t allowed;
	int cpu;

	if (sched_getaffinity(getpid(), sizeof(allowed), &allowed))
		return -1;
	n %= CPU_COUNT(&allowed);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, &allowed) && !n--)
			return cpu;
	}
	return -1;
}

/* The calling thread from now on; usable_cpu() then knows no other CPU to the main thread. */
void pin(int cpu)
{
	cpu_set_t one;

	if (cpu < 0)
		return;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

static bool become(int policy, int priority)
{
	struct sched_param param = { .sched_priority = priority };

	return !sched_setscheduler(0, policy, &param);
}

/* Asked in a process of its own, for one that became real-time by asking might not come back. */
bool may_fifo(void)
{
	int status = 1;
	pid_t pid;

	if (opt.unprivileged)
		return false;
	pid = fork();
	if (!pid)
		_exit(!become(SCHED_FIFO, 1));
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

void take_rank(enum rank rank)
{
	static const int priority[] = {
		[RANK_HOG] = 1, [RANK_MUTATOR] = 2, [RANK_TENANT] = 3,
	};

	if (rank == RANK_READER) {
		/* Beside SCHED_FIFO an ordinary reader is low enough, and gets more done. */
		if (opt.unprivileged)
			become(SCHED_IDLE, 0);
	} else if (!opt.unprivileged) {
		become(SCHED_FIFO, priority[rank]);
	}
}

/* Each thread puts itself where the plan wants it. */
void place(struct worker *w)
{
	unsigned int half = cpus / 2;

	prctl(PR_SET_TIMERSLACK, 1);
	if (w->slot->role == ROLE_OTHER && w->cpu < 0)
		return;
	switch (bout.plan) {
	case PLAN_PREEMPT:
	case PLAN_TENANT:
	case PLAN_RECYCLE:
		pin(w->cpu >= 0 ? w->cpu : usable_cpu(w->index));
		if (w->slot->role != ROLE_OTHER)
			take_rank(w->slot->role == ROLE_MUTATOR ? RANK_MUTATOR : RANK_READER);
		break;
	case PLAN_SPREAD:
	case PLAN_SLIDE:
	case PLAN_HOG:
		/* Readers on the even CPUs, mutators on the odd ones. */
		if (w->cpu >= 0)
			pin(w->cpu);
		else if (cpus > 1 && w->slot->role == ROLE_READER)
			pin(usable_cpu(2 * (w->index % half)));
		else if (cpus > 1)
			pin(usable_cpu(2 * (w->index % half) + 1));
		if (w->slot->role == ROLE_READER && bout.plan == PLAN_HOG)
			take_rank(RANK_READER);
		break;
	default:
		break;
	}
}

/* Does a mutator preempt the reader of its own CPU? */
bool plan_preempts(void)
{
	return bout.plan == PLAN_PREEMPT || bout.plan == PLAN_TENANT || bout.plan == PLAN_RECYCLE;
}

/*
 * On how many CPUs: one of two stays free, for the timers of a mutator that shares its CPU with
 * a reader come late where nothing is idle, above all in a guest that is emulated.
 */
static unsigned int preempted_cpus(void)
{
	return cpus < 4 ? 1 : 2;
}

unsigned int plan_readers(void)
{
	unsigned int half = cpus / 2 ? cpus / 2 : 1;

	if (plan_preempts())
		return preempted_cpus();
	switch (bout.plan) {
	case PLAN_SLIDE:
		return 1;
	case PLAN_SPREAD:
	case PLAN_HOG:
		return half < opt.readers ? half : opt.readers;
	case PLAN_CROWD:
		return 4 * opt.readers < MAX_READERS ? 4 * opt.readers : MAX_READERS;
	default:
		return opt.readers;
	}
}

unsigned int plan_ranges(const struct scenario *s)
{
	if (s->backing == BACK_BRK)
		return 1;
	switch (bout.plan) {
	case PLAN_FREE:
	case PLAN_CROWD:
		return MAX_RANGES;
	case PLAN_PREEMPT:
	case PLAN_RECYCLE:
		return preempted_cpus();
	default:
		return 1;
	}
}

/* ---- getting in the way ---- */

static long futex(atomic_int *word, int op, int value, const struct timespec *timeout)
{
	return syscall(SYS_futex, word, op, value, timeout, NULL, 0);
}

/* Bursts of load on a reader's CPU. */
static void hog_until_stopped(struct worker *w)
{
	uint64_t until;

	take_rank(RANK_HOG);
	while (!stopping()) {
		add(&w->slot->progress, 1);
		nap(10 * NSEC_PER_USEC + next_random(&w->random) % (80 * NSEC_PER_USEC));
		until = now_ns() + HOG_BURST;
		while (now_ns() < until)
			;
	}
}

/*
 * A process of another mm that wakes up when a mutator has just unmapped something, on its CPU,
 * and maps: the VMAs it gets are the ones that were freed last.
 */
static void dwell_until_stopped(struct worker *w)
{
	static const struct timespec patience = { .tv_nsec = 20 * NSEC_PER_MSEC };
	size_t size = TENANT_PAGES * page_size;
	unsigned char *home;
	int kick;

	take_rank(RANK_TENANT);
	home = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (home == MAP_FAILED)
		return;
	kick = atomic_load(&shared->kick);
	while (!atomic_load(&shared->helpers_stop)) {
		add(&w->slot->progress, 1);
		futex(&shared->kick, FUTEX_WAIT, kick, &patience);
		if (atomic_load(&shared->kick) == kick)
			continue;
		kick = atomic_load(&shared->kick);
		/* In the midst of one VMA: that takes two. */
		mmap(home + page_size, page_size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		nap(2 * TENANT_WAIT);
		mmap(home, size, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
	}
}

/* In the middle of a mutator's operation, when the range is a hole. */
void wait_between(struct worker *w)
{
	/* Behind what an operation may have moved there. */
	unsigned char *spare = w->range->spare + range_pages() * unit_size();

	switch (bout.plan) {
	case PLAN_TENANT:
		atomic_fetch_add(&shared->kick, 1);
		futex(&shared->kick, FUTEX_WAKE, 1, NULL);
		w->seen.naps++;
		nap(TENANT_WAIT);
		break;
	case PLAN_RECYCLE:
		/*
		 * The VMA just freed comes back at another address of the same mm, and goes; the
		 * reader whose CPU this is looks at it in between.
		 */
		mmap(spare, page_size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		w->seen.naps++;
		nap(RECYCLE_WAIT);
		munmap(spare, page_size);
		break;
	default:
		break;
	}
}

/* Children that end at once: each takes all VMAs of the mm for writing, and makes new ones. */
static void fork_until_stopped(struct worker *w)
{
	uint64_t started;
	pid_t pid;

	while (!stopping()) {
		now_in(w, EV_FORK);
		started = now_ns();
		pid = fork();
		if (!pid)
			_exit(0);
		if (pid > 0) {
			done_with(w, EV_FORK, now_ns() - started);
			waitpid(pid, NULL, 0);
		} else {
			add(&w->slot->count[CNT_FAILED], 1);
			nap(NSEC_PER_MSEC);
		}
		nap(next_random(&w->random) % NSEC_PER_MSEC);
	}
}

/* Another process advises about the pages of the world, which changes no content. */
static void advise_until_stopped(struct worker *w)
{
	static const int advices[] = {
		20 /* MADV_COLD */, 21 /* MADV_PAGEOUT */, MADV_WILLNEED, 25 /* MADV_COLLAPSE */,
	};
	int pidfd = (intptr_t)w->arg;
	uint64_t draw, started;
	struct iovec iov;
	struct range *r;

	while (!stopping()) {
		draw = next_random(&w->random);
		r = &shared->range[take(&draw, shared->nr_ranges)];
		iov.iov_base = r->base + take(&draw, range_pages()) * unit_size();
		iov.iov_len = unit_size();
		now_in(w, EV_REMOTE);
		started = now_ns();
		if (syscall(SYS_process_madvise, pidfd, &iov, 1,
			    advices[take(&draw, ARRAY_SIZE(advices))], 0) < 0)
			add(&w->slot->count[CNT_REFUSED], 1);
		done_with(w, EV_REMOTE, now_ns() - started);
	}
}

static int open_adviser(void)
{
	struct iovec iov = { .iov_base = shared->range[0].base, .iov_len = unit_size() };
	int pidfd = syscall(SYS_pidfd_open, getpid(), 0), status = 1;
	pid_t pid;

	if (pidfd < 0)
		no_setup("pidfd_open() is not to be had", errno);
	/* Whether it is permitted shows only from another process. */
	pid = fork();
	if (!pid)
		_exit(syscall(SYS_process_madvise, pidfd, &iov, 1, 20, 0) < 0 ? errno : 0);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		no_setup("cannot fork (ulimit -u?)", 0);
	if (WEXITSTATUS(status))
		no_setup("process_madvise() of another process is not to be had",
			 WEXITSTATUS(status));
	return pidfd;
}

void start_companions(const struct scenario *s)
{
	struct worker *w;
	unsigned int i;

	/* Helpers are processes: they come before the first thread. */
	if (bout.plan == PLAN_TENANT) {
		w = new_worker(s, ROLE_OTHER, 0, "tenant", dwell_until_stopped);
		w->cpu = usable_cpu(0);
		start_helper(w);
	}
	if (s->with & WITH_REMOTE) {
		w = new_worker(s, ROLE_OTHER, 0, "adviser", advise_until_stopped);
		w->arg = (void *)(intptr_t)open_adviser();
		start_helper(w);
	}
	if (s->with & WITH_OBSERVERS)
		start_observers(s);
	if (s->with & WITH_FORKS)
		new_worker(s, ROLE_OTHER, 0, "forker", fork_until_stopped);
	if (bout.plan == PLAN_HOG) {
		for (i = 0; i < plan_readers() && i < 8; i++) {
			w = new_worker(s, ROLE_OTHER, i, "hog", hog_until_stopped);
			w->cpu = usable_cpu(2 * i);
		}
	}
}

/* ---- sliding ---- */

/*
 * Both sides learn how long the other's step takes. An offset between minus the one and plus
 * the other makes every overlap possible, from one side done before the other begins to the
 * reverse, and is drawn anew each round. Negative: the mutator waits.
 */
static int64_t slide_offset(unsigned long round)
{
	unsigned long reader = get(&shared->reader_ns), mutator = get(&shared->mutator_ns);

	return (int64_t)(mix(opt.seed + round) % (reader + mutator + 2)) - (int64_t)reader - 1;
}

static void spin_for(int64_t ns)
{
	uint64_t until = now_ns() + ns;

	if (ns <= 0)
		return;
	while (now_ns() < until)
		;
}

static void learn(atomic_ulong *average, uint64_t took)
{
	unsigned long old = get(average);

	set(average, old ? old - old / 16 + took / 16 : took);
}

/* Waits for the mutator to begin a round. False when there is none any more. */
bool slide_reader(struct worker *w, uint64_t *started)
{
	unsigned long done = get(&shared->round_done);

	while (atomic_load_explicit(&shared->round, memory_order_acquire) == done) {
		if (stopping())
			return false;
		if (cpus < 2)
			sched_yield();
	}
	add(&w->slot->progress, 1);
	spin_for(slide_offset(get(&shared->round)));
	*started = now_ns();
	return true;
}

void slide_reader_done(uint64_t took)
{
	learn(&shared->reader_ns, took);
	atomic_store_explicit(&shared->round_done, get(&shared->round), memory_order_release);
}

/* Begins a round when the reader has ended the one before. */
bool slide_mutator(struct worker *w)
{
	static uint64_t begun;

	if (begun)
		learn(&shared->mutator_ns, now_ns() - begun);
	while (atomic_load_explicit(&shared->round_done, memory_order_acquire) !=
	       get(&shared->round)) {
		if (stopping())
			return false;
		if (cpus < 2)
			sched_yield();
	}
	add(&w->slot->progress, 1);
	atomic_store_explicit(&shared->round, get(&shared->round) + 1, memory_order_release);
	spin_for(-slide_offset(get(&shared->round)));
	begun = now_ns();
	return true;
}

/* ---- threads ---- */

struct worker *new_worker(const struct scenario *s, enum role as, unsigned int index,
			  const char *name, void (*main)(struct worker *w))
{
	unsigned int op, n = atomic_load(&shared->nr_slots);
	struct worker *w;

	if (n == MAX_SLOTS)
		no_setup("too many threads", 0);
	w = calloc(1, sizeof(*w));
	if (!w)
		no_setup("no memory for a thread", errno);
	w->slot = &shared->slot[n];
	w->slot->role = as;
	atomic_store(&w->slot->pid, getpid());
	snprintf(w->slot->name, sizeof(w->slot->name), "%s %u", name, index);
	w->scenario = s;
	w->main = main;
	w->index = index;
	w->cpu = -1;
	w->random = stream_of(s, as, index);
	for (op = 0; op < NR_EVENTS; op++)
		w->makes |= s->weight[op] ? events[op].makes : 0;
	workers[nr_workers++] = w;
	atomic_store(&shared->nr_slots, n + 1);
	return w;
}

static void run_worker(struct worker *w)
{
	self = w;
	atomic_store(&w->slot->tid, own_tid());
	place(w);
	while (!atomic_load(&shared->running))
		nap(NSEC_PER_MSEC / 10);
	now_in(w, EV_NONE);
	w->main(w);
	now_in(w, EV_ENDED);
}

static void *thread_main(void *arg)
{
	run_worker(arg);
	return NULL;
}

void start_workers(void)
{
	pthread_attr_t attr;
	unsigned int i;
	int error;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, THREAD_STACK);
	for (i = 0; i < nr_workers; i++) {
		if (workers[i]->thread || atomic_load(&workers[i]->slot->pid) != getpid())
			continue;
		error = pthread_create(&workers[i]->thread, &attr, thread_main, workers[i]);
		if (error)
			no_setup("cannot start a thread (ulimit -u, ulimit -v?)", error);
	}
	pthread_attr_destroy(&attr);
	atomic_store(&shared->running, true);
}

void join_workers(enum role of)
{
	unsigned int i;

	for (i = 0; i < nr_workers; i++) {
		if (workers[i]->thread && workers[i]->slot->role == of)
			pthread_join(workers[i]->thread, NULL);
	}
}

/* A process of its own for a worker; it ends with the child, however that ends. */
pid_t start_helper(struct worker *w)
{
	pid_t parent = getpid(), pid;

	if (nr_helpers == MAX_HELPERS)
		no_setup("too many processes", 0);
	pid = fork();
	if (pid < 0)
		no_setup("cannot fork (ulimit -u?)", errno);
	if (pid) {
		helpers[nr_helpers++] = pid;
		atomic_store(&w->slot->pid, pid);
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(CHILD_DONE);
	atomic_store(&w->slot->pid, getpid());
	run_worker(w);
	_exit(CHILD_DONE);
}

void join_helpers(void)
{
	unsigned int i;
	int status;

	for (i = 0; i < nr_helpers; i++) {
		while (waitpid(helpers[i], &status, 0) < 0 && errno == EINTR)
			;
		if (WIFEXITED(status) && WEXITSTATUS(status) != CHILD_DONE)
			_exit(WEXITSTATUS(status));
		if (killed_for_memory(status))
			no_setup(OUT_OF_MEMORY, 0);
		if (WIFSIGNALED(status))
			check_err("process %d of the bout: expected exit 0: found death by signal %d",
				  helpers[i], WTERMSIG(status));
	}
	nr_helpers = 0;
}

/* ---- the child ---- */

static void limit_child(void)
{
	rlim_t cpu = (plan_readers() + 8) * ((rlim_t)opt.seconds + 1) + 60;
	struct rlimit core = { 1, 1 }, limit;
	int fd;

	/*
	 * When memory is short the kernel is to kill this process and what it forks, and neither
	 * somebody else's nor the controller, which alone can tell of it.
	 */
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		dprintf(fd, "1000");
		close(fd);
	}

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

void child_process(const struct scenario *s, pid_t controller)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != controller)
		_exit(CHILD_DONE);

	/* A terminal signals the whole group; the controller decides what follows from that. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	catch_faults();
	limit_child();
	s->body(s);
	_exit(CHILD_DONE);
}
