// SPDX-License-Identifier: GPL-2.0
/*
 * vma_lock_stress: reach every contended path of the per-VMA lock, and know a wrong answer
 *
 * This file has the options, the order of events and the results. vma_lock_stress.h says what
 * the other files are for; Documentation/mm/vma_lock_stress.rst is the manual.
 */
#include "vma_lock_stress.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <getopt.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEFAULT_SECONDS	13
#define DEADLINE_S	10
#define DEFAULT_MIB	256
#define BOUT_NS		(300 * NSEC_PER_MSEC)
#define MAX_BOUTS	64
#define FAULT_FLOOR	32	/* fewer could be the threads' own stacks and counters */
#define CONTENTION_FLOOR 3
#define SAMPLE_MS	100
#define COLLAPSE_NS	NSEC_PER_SEC

struct shared *shared;
struct options opt;
struct bout bout;
size_t page_size;
unsigned int cpus;
atomic_int interrupted;

static unsigned long long reached[NR_TRANSITIONS];
static struct result *results;

/* ---- output ---- */

void tap_info(const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	ksft_print_msg("%s", line);
}

void scenario_err(const struct scenario *s, const char *fmt, ...)
{
	char line[900];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	tap_info("FAIL %s: seed %llu: plan %s: %s\n", s->name, opt.seed,
		 plans[bout.plan].name, line);
}

bool output_failed(void)
{
	return ferror(stdout);
}

static void on_interrupt(int signo)
{
	atomic_store(&interrupted, signo);
}

static const char *percentile(const unsigned long *hist, unsigned int percent, char *buf,
			      size_t size)
{
	unsigned long total = 0, sum = 0;
	unsigned int n;

	for (n = 0; n < NR_BUCKETS; n++)
		total += hist[n];
	for (n = 0; n < NR_BUCKETS - 1; n++) {
		sum += hist[n];
		if (sum * 100 >= total * percent)
			break;
	}
	/* The upper end of the bucket. */
	if (2ULL << n < NSEC_PER_MSEC)
		snprintf(buf, size, "%.1f us", (double)(2ULL << n) / NSEC_PER_USEC);
	else
		snprintf(buf, size, "%.0f ms", (double)(2ULL << n) / NSEC_PER_MSEC);
	return buf;
}

static void print_operations(const struct scenario *s, const struct result *r)
{
	char half[24], most[24], all[24];
	int ev;

	for (ev = EV_LOAD_ID; ev < NR_EVENTS; ev++) {
		if (!r->done[ev])
			continue;
		tap_info("%s: %s: %lu, half within %s, 99 of 100 within %s, all within %s\n",
			 s->name, events[ev].name, r->done[ev],
			       percentile(r->hist[ev], 50, half, sizeof(half)),
			       percentile(r->hist[ev], 99, most, sizeof(most)),
			       percentile(r->hist[ev], 100, all, sizeof(all)));
	}
}

static unsigned long changes(const struct result *r)
{
	unsigned long sum = 0;
	int ev;

	for (ev = EV_FIRST_CHANGE; ev < NR_EVENTS; ev++)
		sum += r->done[ev];
	return sum;
}

static unsigned long all_roles(const struct result *r, enum count c)
{
	return r->count[ROLE_MUTATOR][c] + r->count[ROLE_READER][c] + r->count[ROLE_OTHER][c];
}

/* A writer that is kept waiting shows as changes that come to a stop while readers go on. */
static void print_collapse(const struct scenario *s, const struct result *r)
{
	if (s->plans && r->standstill >= COLLAPSE_NS)
		tap_info("%s: throughput collapse: no change was completed for %.1f s\n", s->name,
			 seconds(r->standstill));
}

static void print_reached(const struct scenario *s, const struct result *r)
{
	unsigned long faults = all_roles(r, CNT_FAULTS);
	unsigned long checks = all_roles(r, CNT_BRACKETED), calls = changes(r);
	double ran = r->ns ? seconds(r->ns) : 1;
	unsigned int i;
	bool any;

	if (r->violations)
		tap_info("%s: %lu checks failed, %u of them told above\n", s->name,
			 r->violations, r->told);
	tap_info("%s: %.1f s in %u bouts:", s->name, seconds(r->ns), r->bouts);
	for (i = 0; i < NR_PLANS; i++) {
		if (r->plan_ns[i])
			printf(" %s %.1f s,", plans[i].name, seconds(r->plan_ns[i]));
	}
	printf(" faults %lu (%.0f/s), changes %lu (%.0f/s)\n", faults, faults / ran, calls,
	       calls / ran);
	tap_info("%s: bracketed checks %lu (%.0f/s), checks with a call in flight %lu, of these with an outcome that only the call explains %lu, expected SIGSEGV (guards included) %lu\n",
		 s->name, checks, checks / ran, all_roles(r, CNT_LOOSE),
		       all_roles(r, CNT_SURPRISES), all_roles(r, CNT_SEGV));
	print_operations(s, r);
	tap_info("%s: changes without memory %lu, refused %lu; waits, inferred from voluntary context switches: readers %lu, mutators %lu\n",
		 s->name, all_roles(r, CNT_FAILED), all_roles(r, CNT_REFUSED),
		       r->count[ROLE_READER][CNT_WAITS], r->count[ROLE_MUTATOR][CNT_WAITS]);
	tap_info("%s: transitions of the lock, %s:", s->name,
		 r->counted ? "counted by the kernel" : "inferred, at most");
	for (i = 0; i < NR_TRANSITIONS; i++) {
		if (r->transition[i])
			printf(" %s %llu", transition_names[i], r->transition[i]);
	}
	putchar('\n');
	tap_info("%s: vmstat of the whole system:", s->name);
	for (i = 0, any = false; i < NR_VMSTAT; i++) {
		if (r->vmstat[i] < 0)
			continue;
		any = true;
		printf(" %s +%lld", vmstat_names[i], r->vmstat[i]);
	}
	puts(any ? "" : " not available: kernel without CONFIG_PER_VMA_LOCK_STATS");
	print_collapse(s, r);
	if (r->note[0])
		tap_info("%s: %s\n", s->name, r->note);
	if (s->plans) {
		tap_info("%s: digest of the first %d choices of each mutator (0: not so many):",
			 s->name, DIGEST_OPS);
		for (i = 0; i < MAX_RANGES; i++)
			printf(" %lx", r->digest[i]);
		putchar('\n');
	}
}

/* ---- which plan next ---- */

/* How often each should be reached in a minute; shorter runs want less. */
static const unsigned int goal[NR_TRANSITIONS] = {
	[T_R0] = 1000, [T_R1] = 1000, [T_R2] = 1000, [T_R3] = 1000, [T_R5] = 100, [T_R6] = 100,
	[T_R7] = 5, [T_N1] = 1, [T_N2] = 5, [T_N3] = 5, [T_N4] = 1000, [T_W1] = 1000,
	[T_W2] = 1000, [T_W3] = 1, [T_W4] = 1000, [T_D1] = 1000, [T_D2] = 5, [T_D3] = 1,
	[T_F1] = 1000,
};

static bool plan_fits(const struct scenario *s, int plan)
{
	return s->plans & 1U << plan && cpus >= plans[plan].cpus;
}

/*
 * Plans that were not tried yet come first, in an order that the seed gives. Then the one that
 * promises most of what is still missing, from what it has reached so far.
 */
static enum plan choose_plan(const struct scenario *s, const struct result *r)
{
	unsigned int nth = s - scenarios, start = mix(opt.seed + nth) % NR_PLANS, i, t;
	double best = -1, score, count, rate, missing;
	enum plan choice = PLAN_FREE;

	if (!s->plans)
		return PLAN_FREE;
	if (opt.plan_given)
		return opt.plan;
	for (i = 0; i < NR_PLANS; i++) {
		int plan = (start + i) % NR_PLANS;

		if (!plan_fits(s, plan))
			continue;
		if (!r->plan_ns[plan])
			return plan;
		/* All else being equal, the one that ran least. */
		score = 1.0 / (1 + r->plan_ns[plan]);
		for (t = 0; t < NR_TRANSITIONS && r->counted; t++) {
			if (reached[t] >= goal[t])
				continue;
			missing = goal[t] - reached[t];
			/* One alone says little about the next. */
			count = r->plan_reached[plan][t];
			count -= count ? 0.8 : 0;
			rate = count / seconds(r->plan_ns[plan]) * seconds(BOUT_NS);
			score += rate < missing ? rate / missing : 1;
			/* What a plan is good for may still come. */
			if (count < 1 && plans[plan].aims & s->aims & 1U << t)
				score += 0.01;
		}
		/* Uncounted, a plan gets its time by how much it is good for. */
		if (!r->counted)
			score *= __builtin_popcount(plans[plan].aims);
		if (score > best) {
			best = score;
			choice = plan;
		}
	}
	return choice;
}

/* ---- running ---- */

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
	unsigned long taint = taint_trouble(before, after);
	char line[300];
	bool splat;

	splat = log_has_splat(line, sizeof(line));
	if (taint)
		scenario_err(s, "/proc/sys/kernel/tainted: expected no warning from the kernel: found new bits %#lx, see dmesg",
			     taint);
	if (splat)
		scenario_err(s, "kernel log: expected no report: found \"%s\"", line);
	return taint || splat;
}

static bool was_contended(const struct result *r)
{
	static const enum transition contended[] = {
		T_R1, T_R2, T_R3, T_R5, T_R6, T_R7, T_N1, T_N4, T_W2, T_W3, T_D2, T_D3, T_F1,
	};
	unsigned long long sum = 0;
	unsigned int i;

	if (!r->counted)
		sum = r->count[ROLE_READER][CNT_WAITS] + r->count[ROLE_MUTATOR][CNT_WAITS] +
		      all_roles(r, CNT_SURPRISES);
	for (i = 0; r->counted && i < ARRAY_SIZE(contended); i++)
		sum += r->transition[contended[i]];
	return sum >= CONTENTION_FLOOR;
}

/* A run that could not have failed proves nothing. Returns what it lacked, or NULL. */
static const char *proves_nothing(const struct scenario *s, const struct result *r)
{
	if (!s->plans)
		return NULL;
	if (!changes(r))
		return "no modifying call succeeded";
	if (r->count[ROLE_READER][CNT_FAULTS] < FAULT_FLOOR)
		return "readers took no page faults";
	if (!r->count[ROLE_READER][CNT_BRACKETED])
		return "no bracketed check was made";
	if (!was_contended(r))
		return "readers and mutators never met: no contention was reached";
	return NULL;
}

static void skip(struct result *result, const char *what, int error)
{
	result->code = KSFT_SKIP;
	snprintf(result->why, sizeof(result->why), "%s%s%s", what, error ? ": " : "",
		 error ? strerror(error) : "");
}

/* One child. False if the scenario shall not go on. */
static bool run_bout(const struct scenario *s, struct result *result, uint64_t budget)
{
	struct watch watch = { .scenario = s, .result = result, .budget = budget };
	bool bad, no_setup, known_before = result->counted;
	struct kernel_view after;
	pid_t controller = getpid();
	enum ending ending;
	unsigned int i;
	int saved;

	memset(shared, 0, sizeof(*shared));
	bout.plan = choose_plan(s, result);
	bout.index = result->bouts;
	watch.before = look_at_kernel();
	bout.oom_kills = watch.before.oom_kills;
	fflush(NULL);
	watch.pid = fork();
	if (watch.pid < 0) {
		saved = errno;
		if (!result->bouts)
			skip(result, "cannot fork (ulimit -u?)", saved);
		return false;
	}
	if (!watch.pid)
		child_process(s, controller);

	ending = watch_child(&watch);
	reap_leftovers();
	after = look_at_kernel();
	no_setup = ending == END_EXITED && WIFEXITED(watch.status) &&
		   WEXITSTATUS(watch.status) == CHILD_NO_SETUP;
	if (ending == END_EXITED && killed_for_memory(watch.status)) {
		snprintf(shared->no_setup, sizeof(shared->no_setup), OUT_OF_MEMORY);
		no_setup = true;
		/*
		 * What it had is charged to the cgroup until a grace period has passed. The next
		 * fork() would find the limit still reached, with no one left to kill but us.
		 */
		usleep(200000);
	}
	/* Where it went well before, that stands. */
	if (no_setup && result->bouts)
		tap_info("%s: it ends here: %s\n", s->name, shared->no_setup);
	if (no_setup && !result->bouts) {
		skip(result, shared->no_setup, 0);
		return false;
	}

	gather(result);
	bad = (ending != END_EXITED && ending != END_INTERRUPTED) ||
	      (ending == END_EXITED && !no_setup && child_failed(s, watch.status));
	if (kernel_warned(s, &watch.before, &after) || atomic_load(&shared->violations))
		bad = true;
	result->violations += atomic_load(&shared->violations);
	result->bouts++;
	result->ns += watch.ran;
	result->plan_ns[bout.plan] += watch.ran + 1;
	result->counted = (known_before || result->bouts == 1) && watch.before.transitions_known &&
			  after.transitions_known;
	for (i = 0; i < NR_TRANSITIONS && result->counted; i++) {
		unsigned long long n = after.transition[i] - watch.before.transition[i];

		result->transition[i] += n;
		result->plan_reached[bout.plan][i] += n;
		reached[i] += n;
	}
	for (i = 0; i < NR_VMSTAT; i++) {
		if (watch.before.vmstat[i] < 0 || after.vmstat[i] < 0)
			result->vmstat[i] = -1;
		else if (result->vmstat[i] >= 0)
			result->vmstat[i] += after.vmstat[i] - watch.before.vmstat[i];
	}
	if (bad)
		result->code = KSFT_FAIL;
	result->stuck = ending == END_STUCK;
	return !bad && !no_setup && ending == END_EXITED;
}

static void run_scenario(const struct scenario *s, struct result *result, uint64_t budget)
{
	uint64_t each = budget / MAX_BOUTS > BOUT_NS ? budget / MAX_BOUTS : BOUT_NS, left;
	const char *lack;

	result->ran = true;
	result->code = KSFT_PASS;
	result->sample_ms = SAMPLE_MS;
	result->sample = calloc(MAX_SAMPLES, sizeof(*result->sample));
	do {
		left = budget > result->ns ? budget - result->ns : budget;
		/* No short rest: the last bout takes it. */
		if (left < each + each / 2 || !s->plans)
			each = left;
		if (!run_bout(s, result, each))
			break;
		/* Longer on a slow machine, until there is something to judge by. */
	} while (s->plans && (result->ns + each / 2 < budget ||
			      (result->ns < 4 * budget && proves_nothing(s, result))));

	if (!result->counted)
		infer_transitions(result);
	if (result->bouts)
		print_reached(s, result);
	if (result->code == KSFT_PASS && result->known[0]) {
		if (opt.strict) {
			result->code = KSFT_FAIL;
			scenario_err(s, "%s", result->known);
		} else {
			skip(result, result->known, 0);
		}
	}
	lack = proves_nothing(s, result);
	if (result->code == KSFT_PASS && lack)
		skip(result, lack, atomic_load(&shared->call_errno));
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

/* How many letters must change to make one word of the other. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[64], above, left, i, j, m = strlen(b);

	if (m >= ARRAY_SIZE(row))
		return UINT_MAX;
	for (j = 0; j <= m; j++)
		row[j] = j;
	for (i = 0; a[i]; i++) {
		above = row[0];
		row[0] = i + 1;
		for (j = 1; j <= m; j++) {
			left = above + (a[i] != b[j - 1]);
			above = row[j];
			if (row[j - 1] + 1 < left)
				left = row[j - 1] + 1;
			row[j] = above + 1 < left ? above + 1 : left;
		}
	}
	return row[m];
}

/* The names nearest to a wrong one, "" if none is near. */
static const char *near_names(const char *wrong, const char *(*name)(unsigned int i))
{
	static char text[160];
	unsigned int i, best = UINT_MAX, limit = strlen(wrong) / 2 + 1;
	const char *n;

	text[0] = '\0';
	for (i = 0; (n = name(i)); i++) {
		if (distance(wrong, n) < best)
			best = distance(wrong, n);
	}
	if (best > limit)
		return text;
	for (i = 0; (n = name(i)); i++) {
		if (distance(wrong, n) == best && strlen(text) + strlen(n) + 24 < sizeof(text)) {
			strcat(text, text[0] ? " or " : ": did you mean ");
			strcat(text, n);
		}
	}
	if (text[0])
		strcat(text, "?");
	return text;
}

static const char *scenario_name(unsigned int i)
{
	return i < nr_scenarios ? scenarios[i].name : NULL;
}

static const char *sabotage_name(unsigned int i)
{
	return i + 1 < NR_SABOTAGES ? sabotages[i + 1].name : NULL;
}

static const char *plan_name(unsigned int i)
{
	return i < NR_PLANS ? plans[i].name : NULL;
}

static const char *transition_name(unsigned int i)
{
	return i < NR_TRANSITIONS ? transition_names[i] : NULL;
}

static unsigned long long parse_number(const char *option, const char *text,
				       unsigned long long min, unsigned long long max)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || value < min || value > max)
		usage_error("%s \"%.40s\": give a whole number from %llu to %llu", option, text,
			    min, max);
	return value;
}

/* A name, a pattern, or several with commas. */
static void choose_scenarios(const char *option, char *list)
{
	char *name;
	unsigned int i;
	bool any;

	while ((name = strsep(&list, ","))) {
		any = false;
		for (i = 0; i < nr_scenarios; i++) {
			if (fnmatch(name, scenarios[i].name, 0))
				continue;
			any = true;
			opt.nr_chosen += !opt.chosen[i];
			opt.chosen[i] = true;
		}
		if (!any)
			usage_error("%s \"%.40s\": no such scenario%s (--list lists them)", option,
				    name, near_names(name, scenario_name));
	}
}

static unsigned int index_of(const char *option, const char *name, const char *what,
			     const char *(*names)(unsigned int i))
{
	unsigned int i;
	const char *n;

	for (i = 0; (n = names(i)); i++) {
		if (!strcasecmp(name, n))
			return i;
	}
	usage_error("%s \"%.40s\": no such %s%s (--help lists them)", option, name, what,
		    near_names(name, names));
}

static void require(const char *option, char *list)
{
	char *item, *number;
	unsigned int t;

	while ((item = strsep(&list, ","))) {
		number = strchr(item, '=');
		if (number)
			*number++ = '\0';
		t = index_of(option, item, "transition", transition_name);
		opt.require[t] = number ? parse_number(option, number, 1, ULLONG_MAX) : 1;
	}
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
	unsigned int i, t;

	for (i = 0; i < nr_scenarios; i++) {
		printf("%-16s %s; %s; aims at", scenarios[i].name, scenarios[i].races,
		       scenarios[i].oracle);
		for (t = 0; t < NR_TRANSITIONS; t++) {
			if (scenarios[i].aims & 1U << t)
				printf(" %s", transition_names[t]);
		}
		putchar('\n');
	}
}

static const struct option long_options[] = {
	{ "list", no_argument, NULL, 'l' },
	{ "scenario", required_argument, NULL, 'c' },
	{ "duration", required_argument, NULL, 't' },
	{ "seed", required_argument, NULL, 's' },
	{ "threads", required_argument, NULL, 'n' },
	{ "memory", required_argument, NULL, 'm' },
	{ "json", required_argument, NULL, 'j' },
	{ "progress", no_argument, NULL, 'p' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "require", required_argument, NULL, 'r' },
	{ "sabotage", required_argument, NULL, 'B' },
	{ "deadline", required_argument, NULL, 'w' },
	{ "plan", required_argument, NULL, 'P' },
	{ "strict", no_argument, NULL, 'S' },
	{ "unprivileged", no_argument, NULL, 'u' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char *option_name(unsigned int i)
{
	return long_options[i].name;
}

static void help(void)
{
	int i;

	printf("usage: vma_lock_stress [options]\n"
	       "Page faults against the system calls that change the same VMAs. Writes TAP.\n\n"
	       "  -l, --list             the scenarios: what races; what must hold; what it aims at\n"
	       "  -c, --scenario NAMES   only these: names or patterns, with commas between\n"
	       "  -t, --duration SECONDS for all scenarios together (%d)\n"
	       "  -n, --threads N        that fault, 1 to %d (as many as CPUs, but 2 to 16)\n"
	       "  -m, --memory MIB       at most (%d)\n"
	       "  -s, --seed N           of the choices of all threads (from the clock)\n"
	       "  -P, --plan PLAN        only this one:\n",
	       DEFAULT_SECONDS, MAX_READERS, DEFAULT_MIB);
	for (i = 0; i < NR_PLANS; i++)
		printf("                           %-8s %s\n", plans[i].name, plans[i].does);
	printf("  -u, --unprivileged     without real-time priorities, even where allowed\n"
	       "  -r, --require T[=N],.. reaching these transitions is what passes\n"
	       "  -S, --strict           known weaknesses of the kernel are failures\n"
	       "  -j, --json FILE        the results for programs (default $VMA_LOCK_STRESS_JSON)\n"
	       "  -p, --progress         on stderr (the default on a terminal); -q, --quiet: none\n"
	       "  -w, --deadline SECONDS without progress that make a hang (%d; 1 with -B hang)\n"
	       "  -B, --sabotage ORACLE  prove that a check can fail, the result must be \"not ok\":\n",
	       DEADLINE_S);
	for (i = SAB_NONE + 1; i < NR_SABOTAGES; i++)
		printf("                           %-8s %s\n", sabotages[i].name,
		       sabotages[i].does);
	printf("\nExit status: 0 passed, 1 failed or not run as asked, 4 nothing tested.\n");
}

static __noreturn void unknown_option(const char *given)
{
	char name[64];

	snprintf(name, sizeof(name), "%s", given + strspn(given, "-"));
	name[strcspn(name, "=")] = '\0';
	usage_error("unknown option %.40s%s (-h lists them)", given, near_names(name, option_name));
}

static void parse_options(int argc, char **argv)
{
	int option, which;

	opt.seed = mix(clock_ns(CLOCK_REALTIME) + getpid()) >> 32;
	opt.seconds = DEFAULT_SECONDS;
	opt.memory_mib = DEFAULT_MIB;
	opt.readers = cpus < 2 ? 2 : cpus > 16 ? 16 : cpus;
	opt.progress = isatty(STDERR_FILENO);
	opterr = 0;
	for (;;) {
		const char *given = argv[optind];
		char said[48];

		which = -1;
		option = getopt_long(argc, argv, ":t:n:m:c:s:w:B:j:r:P:pqlSuh", long_options,
				     &which);
		if (option == -1)
			break;
		if (which < 0)
			snprintf(said, sizeof(said), "-%c", option);
		else
			snprintf(said, sizeof(said), "--%s", long_options[which].name);
		switch (option) {
		case 't':
			opt.seconds = parse_number(said, optarg, 1, MAX_SECONDS);
			break;
		case 'n':
			opt.readers = parse_number(said, optarg, 1, MAX_READERS);
			break;
		case 'm':
			opt.memory_mib = parse_number(said, optarg, 16, 1 << 20);
			break;
		case 's':
			opt.seed = parse_number(said, optarg, 0, ULLONG_MAX);
			break;
		case 'w':
			opt.deadline = parse_number(said, optarg, 1, MAX_SECONDS);
			break;
		case 'c':
			choose_scenarios(said, optarg);
			break;
		case 'r':
			require(said, optarg);
			break;
		case 'B':
			opt.sabotage = 1 + index_of(said, optarg, "sabotage", sabotage_name);
			break;
		case 'P':
			opt.plan = index_of(said, optarg, "plan", plan_name);
			opt.plan_given = true;
			break;
		case 'j':
			opt.json = optarg;
			break;
		case 'p':
			opt.progress = true;
			break;
		case 'q':
			opt.progress = false;
			break;
		case 'S':
			opt.strict = true;
			break;
		case 'u':
			opt.unprivileged = true;
			break;
		case 'l':
			list_scenarios();
			exit(KSFT_PASS);
		case 'h':
			help();
			exit(KSFT_PASS);
		case ':':
			usage_error("%.40s needs a value (-h tells which)", given);
		default:
			unknown_option(given);
		}
	}
	if (optind < argc)
		usage_error("\"%.40s\" is no option (-h lists them)", argv[optind]);
	if (opt.plan_given && cpus < plans[opt.plan].cpus)
		usage_error("--plan %s needs %u CPUs, this process may use %u",
			    plans[opt.plan].name, plans[opt.plan].cpus, cpus);
	if (!opt.deadline)
		opt.deadline = opt.sabotage == SAB_HANG ? 1 : DEADLINE_S;
}

/* Without a choice of the user: everything, or where the sabotage can be seen. */
static void choose_the_rest(void)
{
	const char *where = opt.sabotage ? sabotages[opt.sabotage].scenario : "*";
	unsigned int i;

	if (opt.nr_chosen)
		return;
	for (i = 0; i < nr_scenarios; i++) {
		opt.chosen[i] = !fnmatch(where ? where : "mixed", scenarios[i].name, 0);
		opt.nr_chosen += opt.chosen[i];
	}
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

static void print_setting(const struct kernel_view *v)
{
	struct timespec step = { 0 };
	struct utsname un;

	uname(&un);
	tap_info("seed %llu: --seed %llu repeats the choices of every thread\n", opt.seed,
		 opt.seed);
	tap_info("%lu faulting threads, %u CPUs, pages of %zu bytes, %s %s %s\n", opt.readers,
		 cpus, page_size, un.sysname, un.release, un.machine);
	tap_info("plans preempt by %s; transitions are %s\n",
		 opt.unprivileged ? "SCHED_IDLE readers" : "SCHED_FIFO",
		       v->transitions_known ? "counted by the kernel" :
		       "inferred (no /sys/kernel/debug/vma_lock/transitions)");
	if (!clock_getres(CLOCK_MONOTONIC, &step) && step.tv_nsec >= (long)NSEC_PER_MSEC)
		tap_info("timers of this kernel go off at ticks only (no CONFIG_HIGH_RES_TIMERS): plans preempt, tenant, recycle and hog reach little\n");
	if (!v->taint_known)
		tap_info("/proc/sys/kernel/tainted is not readable: warnings of the kernel go unseen\n");
	if (opt.sabotage)
		tap_info("sabotage \"%s\": %s\n", sabotages[opt.sabotage].name,
			 sabotages[opt.sabotage].does);
}

/* Reaching them may be what passes. */
static void report_required(bool counted)
{
	unsigned int t;
	bool missing = false;

	for (t = 0; t < NR_TRANSITIONS; t++) {
		if (!opt.require[t] || (counted && reached[t] >= opt.require[t]))
			continue;
		missing = true;
		if (counted)
			tap_info("FAIL required: transition %s: expected at least %llu: found %llu\n",
				 transition_names[t], opt.require[t], reached[t]);
		else
			tap_info("FAIL required: transition %s: expected at least %llu: this kernel does not count (make run COVERAGE=1 builds one that does)\n",
				 transition_names[t], opt.require[t]);
	}
	ksft_test_result(!missing, "required\n");
}

static void report(const struct scenario *s, const struct result *r)
{
	if (r->code == KSFT_SKIP)
		ksft_test_result_code(KSFT_SKIP, s->name, "%s", r->why);
	else
		ksft_test_result(r->code == KSFT_PASS, "%s\n", s->name);
}

static bool any_required(void)
{
	unsigned int t;

	for (t = 0; t < NR_TRANSITIONS; t++) {
		if (opt.require[t])
			return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	unsigned int i, ran = 0, skipped = 0, shares = 0;
	struct sigaction interrupt = { .sa_handler = on_interrupt };
	struct kernel_view first;
	const char *default_json = getenv("VMA_LOCK_STRESS_JSON");
	const char *name = "";
	bool stuck = false;
	sigset_t none;

	/* What an exec in the middle of faults becomes. */
	if (argc == 2 && !strcmp(argv[1], "--exit"))
		_exit(0);
	atexit(check_output);
	cpus = usable_cpus();
	page_size = sysconf(_SC_PAGESIZE);
	parse_options(argc, argv);
	choose_the_rest();
	if (!opt.json && default_json && *default_json)
		opt.json = default_json;
	if (opt.json && !open_json(opt.json))
		usage_error("--json \"%.200s\": cannot write there: %s", opt.json, strerror(errno));

	/* Whoever starts this may leave signals blocked and children unreaped. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGTERM, &interrupt, NULL);
	sigaction(SIGHUP, &interrupt, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	ksft_print_header();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (shared == MAP_FAILED)
		ksft_exit_skip("cannot map shared memory (ulimit -v?): %s\n", strerror(errno));
	results = calloc(nr_scenarios, sizeof(*results));
	if (!results)
		ksft_exit_skip("no memory for the results: %s\n", strerror(errno));
	ksft_set_plan(opt.nr_chosen + any_required());
	if (!may_fifo())
		opt.unprivileged = true;
	first = look_at_kernel();
	open_log();
	if (opt.sabotage == SAB_SPLAT)
		sabotage_log();
	print_setting(&first);

	for (i = 0; i < nr_scenarios; i++)
		shares += opt.chosen[i] ? scenarios[i].share : 0;
	for (i = 0; i < nr_scenarios; i++) {
		const struct scenario *s = &scenarios[i];

		if (!opt.chosen[i])
			continue;
		name = s->name;
		if (stuck)
			skip(&results[i], "not run: a process of an earlier scenario does not die",
			     0);
		else
			run_scenario(s, &results[i],
				     opt.seconds * NSEC_PER_SEC * s->share / shares);
		if (atomic_load(&interrupted) || output_failed())
			break;
		stuck |= results[i].stuck;
		report(s, &results[i]);
		ran++;
		skipped += results[i].code == KSFT_SKIP;
	}

	if (opt.json && !write_json(results, &first)) {
		fprintf(stderr, "vma_lock_stress: cannot write %s: %s\n", opt.json,
			strerror(errno));
		ksft_print_cnts();
		exit(KSFT_FAIL);
	}
	if (output_failed())
		exit(KSFT_FAIL);
	if (atomic_load(&interrupted))
		ksft_exit_fail_msg("%s: interrupted by signal %d (%s), %u results stand\n", name,
				   atomic_load(&interrupted),
				   strsignal(atomic_load(&interrupted)), ran);
	if (any_required())
		report_required(first.transitions_known);
	if (skipped == opt.nr_chosen && !any_required()) {
		ksft_print_cnts();
		exit(KSFT_SKIP);
	}
	ksft_finished();
}
