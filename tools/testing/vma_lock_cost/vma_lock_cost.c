// SPDX-License-Identifier: GPL-2.0
/*
 * What the per-VMA lock costs its users: memory a VMA, instructions a page fault
 * and a change of the mapping, and how many of them a second.
 *
 *   vma_lock_cost memory [VMAS]		bytes of slab a VMA (100000)
 *   vma_lock_cost count [OPERATION...]	instructions, each operation alone
 *   vma_lock_cost time [-t THREADS] [-m MILLISECONDS] [OPERATION...]
 *					operations a second (1 thread, 1000 ms), and
 *					how many there were with those before
 *   vma_lock_cost list			the operations
 *
 * "memory" needs to read /proc/slabinfo and vm.max_map_count above VMAS. "count"
 * needs a machine whose time stamp counter counts instructions, which is what
 * QEMU gives an x86 guest with -icount shift=0; it looks before it counts.
 *
 * Each result is a line "cost KIND NAME VALUE UNIT".
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS	64
#define WINDOW_PAGES	256UL	/* of one worker; less than a huge page */
#define FORK_VMAS	200UL	/* besides the program's own */
#define WARM_UP		0.1	/* seconds */
#define COUNT_RUNS	301	/* of one operation; the median is told */

/* One thread and the memory that it works on. */
struct worker {
	pthread_t thread;
	const struct operation *op;
	char *window;
	unsigned long page;
	unsigned long long before, done;	/* the start line, after it */
};

/*
 * An operation is made ready by @before, which "count" leaves out, and done by
 * @once. @setup makes the window of a worker; with @same, one window is mapped
 * for all workers, each with its part of it.
 */
struct operation {
	const char *name;
	const char *what;
	char *(*setup)(unsigned long pages);
	void (*before)(struct worker *w);
	void (*once)(struct worker *w);
	bool same;
};

static unsigned long page_size;
static atomic_bool stop;
static pthread_barrier_t start_line;

static void store_byte(char *address)
{
	*address = 1;
	__asm__ volatile("" : : : "memory");
}

static void load_byte(const char *address)
{
	__asm__ volatile("" : : "r" (*address) : "memory");
}

static char *map(char *address, unsigned long pages, int prot, int flags)
{
	char *memory = mmap(address, pages * page_size, prot, flags, -1, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap of %lu pages", pages);
	return memory;
}

static void protect(char *address, unsigned long pages, int prot)
{
	if (mprotect(address, pages * page_size, prot))
		err(1, "mprotect of %lu pages", pages);
}

static void unmap(char *address, unsigned long pages)
{
	if (munmap(address, pages * page_size))
		err(1, "munmap of %lu pages", pages);
}

/*
 * A mapping that has an unmapped page on both sides: it cannot be merged with
 * what else the process has, now or after a change.
 */
static char *map_alone(unsigned long pages, int prot, int flags)
{
	char *hole = map(NULL, pages + 2, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);

	unmap(hole, pages + 2);
	return map(hole + page_size, pages, prot, flags | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE);
}

static char *setup_private(unsigned long pages)
{
	char *window = map_alone(pages, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	unsigned long i;

	madvise(window, pages * page_size, MADV_NOHUGEPAGE);
	/* Page tables and the anon_vma are there from now on. */
	for (i = 0; i < pages; i++)
		store_byte(window + i * page_size);
	if (madvise(window, pages * page_size, MADV_DONTNEED))
		err(1, "madvise");
	return window;
}

static char *setup_shared(unsigned long pages)
{
	char *window = map_alone(pages, PROT_READ | PROT_WRITE, MAP_SHARED);
	unsigned long i;

	for (i = 0; i < pages; i++)
		store_byte(window + i * page_size);
	if (madvise(window, pages * page_size, MADV_DONTNEED))
		err(1, "madvise");
	return window;
}

/* The next page of the window; at the end all of them are made absent again. */
static void next_page(struct worker *w)
{
	if (++w->page < WINDOW_PAGES)
		return;
	w->page = 0;
	if (madvise(w->window, WINDOW_PAGES * page_size, MADV_DONTNEED))
		err(1, "madvise");
}

static void read_page(struct worker *w)
{
	load_byte(w->window + w->page * page_size);
}

static void write_page(struct worker *w)
{
	store_byte(w->window + w->page * page_size);
}

/*
 * An address with nothing mapped for pages around it. The edges of the hole stay
 * mapped, so that the next one is elsewhere.
 */
static char *setup_hole(unsigned long pages)
{
	char *window = map_alone(pages, PROT_NONE, MAP_PRIVATE);

	unmap(window + page_size, pages - 2);
	return window + page_size * (pages / 2);
}

static void map_and_unmap(struct worker *w)
{
	map(w->window, 1, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE);
	unmap(w->window, 1);
}

static void map_touch_unmap(struct worker *w)
{
	map(w->window, 1, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE);
	store_byte(w->window);
	unmap(w->window, 1);
}

static void protect_whole(struct worker *w)
{
	w->page = !w->page;
	protect(w->window, WINDOW_PAGES, w->page ? PROT_READ : PROT_READ | PROT_WRITE);
}

/* One VMA becomes three, and one again. */
static void split_and_merge(struct worker *w)
{
	protect(w->window + page_size, 1, PROT_READ);
	protect(w->window + page_size, 1, PROT_READ | PROT_WRITE);
}

/* @vmas pages, each a VMA of its own, because its neighbours may do less or more. */
static char *map_many(unsigned long vmas)
{
	char *area = map_alone(vmas, PROT_READ, MAP_PRIVATE | MAP_NORESERVE);
	unsigned long i;

	for (i = 1; i < vmas; i += 2)
		protect(area + i * page_size, 1, PROT_READ | PROT_WRITE);
	return area;
}

static char *setup_fork(unsigned long pages)
{
	(void)pages;
	return map_many(FORK_VMAS);
}

static void fork_and_wait(struct worker *w)
{
	int status;
	pid_t child = fork();

	(void)w;
	if (child < 0)
		err(1, "fork");
	if (!child)
		_exit(0);
	if (waitpid(child, &status, 0) != child || status)
		errx(1, "a child that does nothing ended with status %#x", status);
}

static void nothing(struct worker *w)
{
	(void)w;
}

static const struct operation operations[] = {
	{ "fault_read", "read fault on private memory: the zero page",
	  setup_private, next_page, read_page, false },
	{ "fault_private", "write fault on private memory: a new page",
	  setup_private, next_page, write_page, false },
	{ "fault_shared", "write fault on shared memory: a page that is there",
	  setup_shared, next_page, write_page, false },
	{ "fault_read_same", "as fault_read, but all threads in one VMA",
	  setup_private, next_page, read_page, true },
	{ "fault_private_same", "as fault_private, but all threads in one VMA",
	  setup_private, next_page, write_page, true },
	{ "mmap_munmap", "mmap and munmap of one page, not touched",
	  setup_hole, nothing, map_and_unmap, false },
	{ "mmap_touch_munmap", "mmap, first touch, munmap of one page",
	  setup_hole, nothing, map_touch_unmap, false },
	{ "mprotect", "mprotect of a whole VMA with nothing in it",
	  setup_private, nothing, protect_whole, false },
	{ "mprotect_split", "mprotect that splits a VMA in three, and back",
	  setup_private, nothing, split_and_merge, false },
	{ "fork", "fork with 200 VMAs, exit of the child, wait for it",
	  setup_fork, nothing, fork_and_wait, false },
};

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define OPERATIONS	ARRAY_SIZE(operations)

static const struct operation *find_operation(const char *name)
{
	unsigned long i;

	for (i = 0; i < OPERATIONS; i++)
		if (!strcmp(operations[i].name, name))
			return &operations[i];
	errx(1, "no operation '%s': vma_lock_cost list names them", name);
}

static unsigned long parse_number(const char *what, const char *text, unsigned long max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || text[0] < '0' || text[0] > '9' || !value || value > max)
		errx(1, "%s: a number from 1 to %lu is wanted, not '%s'", what, max, text);
	return value;
}

/* ---- time ---- */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void *work(void *argument)
{
	struct worker *w = argument;

	double begin = now();

	/* The window twice, if that is soon done: what is slow only once is over. */
	for (w->before = 0; w->before < 2 * WINDOW_PAGES && now() - begin < WARM_UP; w->before++) {
		w->op->before(w);
		w->op->once(w);
	}
	pthread_barrier_wait(&start_line);
	for (w->done = 0; !atomic_load_explicit(&stop, memory_order_relaxed); w->done++) {
		w->op->before(w);
		w->op->once(w);
	}
	return NULL;
}

static void time_operation(const struct operation *op, unsigned long threads, unsigned long ms)
{
	static struct worker workers[MAX_THREADS];
	char *common = op->same ? op->setup(threads * WINDOW_PAGES) : NULL;
	struct timespec length = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	unsigned long long before = 0, done = 0;
	unsigned long i;
	double begin;
	int error;

	memset(workers, 0, sizeof(workers));
	atomic_store(&stop, false);
	pthread_barrier_init(&start_line, NULL, threads + 1);
	for (i = 0; i < threads; i++) {
		workers[i].op = op;
		workers[i].window = common ? common + i * WINDOW_PAGES * page_size :
					     op->setup(WINDOW_PAGES);
		error = pthread_create(&workers[i].thread, NULL, work, &workers[i]);
		if (error)
			errx(1, "thread %lu: %s", i, strerror(error));
	}
	pthread_barrier_wait(&start_line);
	begin = now();
	while (nanosleep(&length, &length) && errno == EINTR)
		;
	atomic_store(&stop, true);
	for (i = 0; i < threads; i++)
		pthread_join(workers[i].thread, NULL);
	begin = now() - begin;
	for (i = 0; i < threads; i++) {
		before += workers[i].before;
		done += workers[i].done;
	}
	printf("cost time %s.%lu %.0f per_second\n", op->name, threads, done / begin);
	printf("cost work %s.%lu %llu operations\n", op->name, threads, before + done);
	fflush(stdout);
	/* The windows stay: the process ends soon, and their number is small. */
}

/* ---- count ---- */

#if defined(__x86_64__)
static inline uint64_t read_ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a" (low), "=d" (high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static inline void thousand_instructions(void)
{
	__asm__ volatile(".rept 1000; nop; .endr" : : : "memory");
}
#else
static inline uint64_t read_ticks(void)
{
	errx(1, "count knows no counter of this architecture: use an x86_64 guest");
}

static inline void thousand_instructions(void)
{
}
#endif

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void thousand(struct worker *w)
{
	(void)w;
	thousand_instructions();
}

/* Instructions of the operation with the call around it: median, tenth, ninetieth. */
static void count(const struct operation *op, uint64_t result[3])
{
	static uint64_t runs[COUNT_RUNS];
	struct worker w = { .op = op };
	uint64_t begin;
	int i;

	w.window = op->setup ? op->setup(WINDOW_PAGES) : NULL;
	for (i = 0; i < COUNT_RUNS; i++) {
		op->before(&w);
		begin = read_ticks();
		op->once(&w);
		runs[i] = read_ticks() - begin;
	}
	qsort(runs, COUNT_RUNS, sizeof(runs[0]), compare);
	result[0] = runs[COUNT_RUNS / 2];
	result[1] = runs[COUNT_RUNS / 10];
	result[2] = runs[COUNT_RUNS - 1 - COUNT_RUNS / 10];
}

static void count_operations(const struct operation *const *ops, unsigned long n)
{
	static const struct operation empty = { .before = nothing, .once = nothing };
	static const struct operation ruler = { .before = nothing, .once = thousand };
	uint64_t base[3], result[3];
	unsigned long i;

	count(&empty, base);
	count(&ruler, result);
	if (result[0] - base[0] != 1000)
		errx(1, "1000 instructions took %lld ticks: boot with qemu -icount shift=0",
		     (long long)(result[0] - base[0]));
	for (i = 0; i < n; i++) {
		count(ops[i], result);
		printf("cost count %s %llu instructions %llu %llu\n", ops[i]->name,
		       (unsigned long long)(result[0] - base[0]),
		       (unsigned long long)(result[1] - base[0]),
		       (unsigned long long)(result[2] - base[0]));
		fflush(stdout);
	}
}

/* ---- memory ---- */

struct slab {
	const char *name;
	unsigned long object_size;
	unsigned long bytes;	/* of all its slabs */
	bool found;
};

static void read_slabs(struct slab *slabs, unsigned long n)
{
	FILE *file = fopen("/proc/slabinfo", "r");
	char line[512], name[64];
	unsigned long total, size, per_slab, pages, active, i;

	if (!file)
		err(1, "/proc/slabinfo, which root may read on a kernel with CONFIG_SLUB_DEBUG");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %*u %*u %lu %lu %lu :%*[^:]: slabdata %lu %lu", name,
			   &size, &per_slab, &pages, &active, &total) != 6)
			continue;
		for (i = 0; i < n; i++) {
			if (strcmp(slabs[i].name, name))
				continue;
			slabs[i].found = true;
			slabs[i].object_size = size;
			slabs[i].bytes = total * pages * page_size;
		}
	}
	fclose(file);
}

static unsigned long meminfo_kib(const char *key)
{
	FILE *file = fopen("/proc/meminfo", "r");
	unsigned long value = 0;
	size_t length = strlen(key);
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, length) && line[length] == ':')
			value = strtoul(line + length + 1, NULL, 10);
	if (file)
		fclose(file);
	return value;
}

static void measure_memory(unsigned long vmas)
{
	struct slab before[] = { { .name = "vm_area_struct" }, { .name = "vma_lock" } };
	struct slab after[] = { { .name = "vm_area_struct" }, { .name = "vma_lock" } };
	unsigned long max = 0, slab_kib, i;
	double all = 0;
	FILE *file = fopen("/proc/sys/vm/max_map_count", "r");

	if (file) {
		if (fscanf(file, "%lu", &max) != 1)
			max = 0;
		fclose(file);
	}
	if (max < vmas + 100)
		errx(1, "vm.max_map_count is %lu: %lu VMAs need sysctl vm.max_map_count=%lu",
		     max, vmas, vmas + 1000);
	read_slabs(before, 2);
	if (!before[0].found)
		errx(1, "no cache vm_area_struct of its own: boot with slab_nomerge");
	slab_kib = meminfo_kib("Slab");
	map_many(vmas);
	read_slabs(after, 2);
	slab_kib = meminfo_kib("Slab") - slab_kib;
	for (i = 0; i < 2; i++) {
		if (!after[i].found)
			continue;
		all += after[i].bytes - before[i].bytes;
		printf("cost memory %s.object %lu bytes\n", after[i].name, after[i].object_size);
		printf("cost memory %s %.1f bytes\n", after[i].name,
		       (double)(after[i].bytes - before[i].bytes) / vmas);
	}
	printf("cost memory vma_with_lock %.1f bytes\n", all / vmas);
	printf("cost memory all_slabs %.1f bytes\n", slab_kib * 1024.0 / vmas);
}

static void help(int status)
{
	fprintf(status ? stderr : stdout,
		"usage: vma_lock_cost memory [VMAS]\n"
		"       vma_lock_cost count [OPERATION...]\n"
		"       vma_lock_cost time [-t THREADS] [-m MILLISECONDS] [OPERATION...]\n"
		"       vma_lock_cost list\n");
	exit(status);
}

int main(int argc, char **argv)
{
	const struct operation *ops[OPERATIONS];
	unsigned long threads = 1, ms = 1000, n = 0, i;
	const char *command = argc > 1 ? argv[1] : "";
	int option;

	page_size = sysconf(_SC_PAGESIZE);
	if (!strcmp(command, "-h") || !strcmp(command, "--help"))
		help(0);
	if (!strcmp(command, "list") && argc == 2) {
		for (i = 0; i < OPERATIONS; i++)
			printf("%-20s %s\n", operations[i].name, operations[i].what);
		return 0;
	}
	if (!strcmp(command, "memory") && argc <= 3) {
		/* Every second page changes: an even number is what comes out. */
		measure_memory(argc == 3 ? parse_number("VMAS", argv[2], 10000000) : 100000);
		return 0;
	}
	if (strcmp(command, "count") && strcmp(command, "time"))
		help(2);
	argc--;
	argv++;
	while ((option = getopt(argc, argv, "t:m:")) != -1) {
		if (option == 't' && *command == 't')
			threads = parse_number("-t", optarg, MAX_THREADS);
		else if (option == 'm' && *command == 't')
			ms = parse_number("-m", optarg, 3600000);
		else
			help(2);
	}
	for (; optind < argc; optind++) {
		if (n == OPERATIONS)
			errx(1, "more operations than there are");
		ops[n++] = find_operation(argv[optind]);
	}
	for (i = 0; !n && i < OPERATIONS; i++)
		ops[i] = &operations[i];
	n = n ? n : i;
	if (*command == 'c') {
		count_operations(ops, n);
		return 0;
	}
	for (i = 0; i < n; i++)
		time_operation(ops[i], threads, ms);
	return 0;
}
