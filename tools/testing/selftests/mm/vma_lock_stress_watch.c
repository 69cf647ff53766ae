// SPDX-License-Identifier: GPL-2.0
/*
 * vma_lock_stress: what the controller sees of the kernel and of the child
 *
 * The controller has an mm of its own and touches nothing of the child but the shared mapping
 * and files below /proc for which the kernel takes no lock of the child's mm. A child that
 * hangs in the lock is found because its threads no longer move.
 */
#include "vma_lock_stress.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLL_INTERVAL	(20 * NSEC_PER_MSEC)
#define KILL_DEADLINE	(5 * NSEC_PER_SEC)
#define MAX_TOLD_TASKS	4		/* hanging threads told in full */

#define COUNTERS	"/sys/kernel/debug/vma_lock/transitions"

/* TAINT_DIE, TAINT_WARN and TAINT_SOFTLOCKUP. The other bits are none of our business. */
#define TAINT_TROUBLE	0x4280UL

const char *const vmstat_names[NR_VMSTAT] = {
	"vma_lock_success", "vma_lock_abort", "vma_lock_retry", "vma_lock_miss",
};

/* ---- the kernel ---- */

static void read_transitions(struct kernel_view *v)
{
	unsigned long long value;
	unsigned int i;
	char name[32];
	FILE *f;

	f = fopen(COUNTERS, "re");
	if (!f)
		return;
	while (fscanf(f, "%31s %llu", name, &value) == 2) {
		for (i = 0; i < NR_TRANSITIONS; i++) {
			if (!strcmp(name, transition_names[i])) {
				v->transition[i] = value;
				v->transitions_known = true;
			}
		}
	}
	fclose(f);
}

struct kernel_view look_at_kernel(void)
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
	v.oom_kills = -1;
	f = fopen("/proc/vmstat", "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63s %lld", name, &value) != 2)
			continue;
		for (i = 0; i < NR_VMSTAT; i++) {
			if (!strcmp(name, vmstat_names[i]))
				v.vmstat[i] = value;
		}
		if (!strcmp(name, "oom_kill"))
			v.oom_kills = value;
	}
	if (f)
		fclose(f);
	read_transitions(&v);
	return v;
}

/* A process of this bout that ended with @status: did the kernel kill it for want of memory? */
bool killed_for_memory(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL &&
	       look_at_kernel().oom_kills > bout.oom_kills;
}

/* For what no probe can tell: is this Linux MAJOR.MINOR or newer? */
bool kernel_at_least(unsigned int major, unsigned int minor)
{
	unsigned int its_major, its_minor;
	struct utsname un;

	uname(&un);
	return sscanf(un.release, "%u.%u", &its_major, &its_minor) == 2 &&
	       (its_major > major || (its_major == major && its_minor >= minor));
}

unsigned long taint_trouble(const struct kernel_view *before, const struct kernel_view *after)
{
	if (opt.sabotage == SAB_TAINT)
		return TAINT_TROUBLE & ~before->taint;
	if (!before->taint_known || !after->taint_known)
		return 0;
	return after->taint & ~before->taint & TAINT_TROUBLE;
}

/*
 * A warning taints the kernel once; the second one of its kind shows in the log only. So do
 * reports of KASAN, KCSAN, lockdep and of hung tasks.
 */
static int log_fd = -1;
static bool log_sabotaged;

void open_log(void)
{
	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log_fd >= 0)
		lseek(log_fd, 0, SEEK_END);
}

void sabotage_log(void)
{
	log_sabotaged = true;
}

bool log_has_splat(char *line, size_t size)
{
	static const char *const bad[] = {
		"BUG:", "WARNING:", "Oops", "general protection fault", "UBSAN:", "KCSAN:",
		"blocked for more than", "soft lockup", "rcu_sched detected stalls",
		"detected stalls on CPUs", "Call Trace:",
	};
	/* Two that print a stack without anything being wrong with the kernel. */
	static const char *const short_of_memory[] = {
		"invoked oom-killer", "page allocation failure",
	};
	static bool trace_is_theirs;
	char record[2048];
	bool found = false;
	unsigned int i;
	char *text;
	ssize_t n;

	if (log_sabotaged) {
		snprintf(line, size, "WARNING: written by --sabotage splat, not by the kernel");
		return true;
	}
	if (log_fd < 0)
		return false;
	for (;;) {
		n = read(log_fd, record, sizeof(record) - 1);
		/* EPIPE: messages were overwritten before we saw them; the next read goes on. */
		if (n < 0 && errno == EPIPE)
			continue;
		if (n <= 0)
			return found;
		record[n] = '\0';
		text = strchr(record, ';');
		/* What user space writes there, our own output in a guest too, has a facility. */
		if (!text || strtoul(record, NULL, 10) >= 8)
			continue;
		text++;
		text[strcspn(text, "\n")] = '\0';
		for (i = 0; i < ARRAY_SIZE(short_of_memory); i++)
			trace_is_theirs |= !!strstr(text, short_of_memory[i]);
		if (trace_is_theirs && strstr(text, "Call Trace:")) {
			trace_is_theirs = false;
			continue;
		}
		for (i = 0; !found && i < ARRAY_SIZE(bad); i++) {
			if (strstr(text, bad[i])) {
				snprintf(line, size, "%s", text);
				found = true;
			}
		}
	}
}

bool read_task_file(pid_t pid, int tid, const char *file, char *buf, size_t size)
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

/* ---- the child ---- */

unsigned long sum_counts(enum count c, enum role of)
{
	unsigned int i, n = atomic_load(&shared->nr_slots);
	unsigned long sum = 0;

	for (i = 0; i < n; i++) {
		if (shared->slot[i].role == of)
			sum += get(&shared->slot[i].count[c]);
	}
	return sum;
}

static unsigned long sum_done(enum event first, enum event last)
{
	unsigned int i, n = atomic_load(&shared->nr_slots);
	unsigned long sum = 0;
	int ev;

	for (i = 0; i < n; i++) {
		for (ev = first; ev <= (int)last; ev++)
			sum += get(&shared->slot[i].done[ev]);
	}
	return sum;
}

unsigned long sum_changes(void)
{
	return sum_done(EV_FIRST_CHANGE, NR_EVENTS - 1);
}

static unsigned long total_checks(const struct result *r)
{
	return r->count[ROLE_READER][CNT_BRACKETED] + r->count[ROLE_OTHER][CNT_BRACKETED] +
	       sum_counts(CNT_BRACKETED, ROLE_READER) + sum_counts(CNT_BRACKETED, ROLE_OTHER);
}

/* What a bout has done goes from the shared mapping into the result. */
void gather(struct result *result)
{
	unsigned int i, j, k, n = atomic_load(&shared->nr_slots);

	for (i = 0; i < n; i++) {
		const struct slot *slot = &shared->slot[i];

		for (j = 0; j < NR_COUNTS; j++)
			result->count[slot->role][j] += get(&slot->count[j]);
		for (j = 0; j < NR_EVENTS; j++) {
			result->done[j] += get(&slot->done[j]);
			for (k = 0; k < NR_BUCKETS; k++)
				result->hist[j][k] += atomic_load(&slot->hist[j][k]);
		}
	}
	if (!result->bouts) {
		for (i = 0; i < MAX_RANGES; i++)
			result->digest[i] = get(&shared->digest[i]);
	}
	if (shared->note[0])
		snprintf(result->note, sizeof(result->note), "%s", shared->note);
	if (shared->known[0])
		snprintf(result->known, sizeof(result->known), "%s", shared->known);
}

/* Without counters in the kernel: bounds that follow from what the program itself sees. */
void infer_transitions(struct result *r)
{
	unsigned long faults = r->count[ROLE_READER][CNT_FAULTS] +
			       r->count[ROLE_OTHER][CNT_FAULTS];
	unsigned long waits = r->count[ROLE_READER][CNT_WAITS];

	r->transition[T_R0] = faults > waits ? faults - waits : 0;
	r->transition[T_W2] = r->count[ROLE_MUTATOR][CNT_WAITS];
	r->transition[T_D1] = r->done[EV_UNMAP] + r->done[EV_REMAP] + r->done[EV_REPLACE];
	r->transition[T_W4] = r->done[EV_FILL] + r->done[EV_REMAP] + r->done[EV_REPLACE];
}

static double progress_of(const struct watch *watch)
{
	return seconds(watch->result->ns + watch->ran);
}

static void clear_progress(void)
{
	if (opt.progress)
		fputs("\r\033[K", stderr);
}

static void show_progress(const struct watch *watch)
{
	if (!opt.progress)
		return;
	fprintf(stderr, "\r%s: %.1f s, %s, faults %lu, calls %lu, checks %lu, bad %lu\033[K",
		watch->scenario->name, progress_of(watch), plans[bout.plan].name,
		watch->result->count[ROLE_READER][CNT_FAULTS] +
		sum_counts(CNT_FAULTS, ROLE_READER),
		sum_changes(), total_checks(watch->result), atomic_load(&shared->violations));
}

static void print_verdicts(struct watch *watch)
{
	struct result *result = watch->result;

	while (watch->told < MAX_VERDICTS &&
	       atomic_load_explicit(&shared->verdict[watch->told].ready, memory_order_acquire)) {
		clear_progress();
		scenario_err(watch->scenario, "%s", shared->verdict[watch->told].text);
		if (result->told < MAX_VERDICTS)
			snprintf(result->verdict[result->told++], sizeof(result->verdict[0]), "%s",
				 shared->verdict[watch->told].text);
		watch->told++;
	}
}

/* When the series is full, every second point goes and the interval doubles. */
static void take_sample(struct watch *watch)
{
	struct result *r = watch->result;
	unsigned int ms = (r->ns + watch->ran) / NSEC_PER_MSEC, i;
	struct kernel_view now;
	struct sample *s;

	if (!r->sample || (r->nr_samples && ms < r->sample[r->nr_samples - 1].ms + r->sample_ms))
		return;
	if (r->nr_samples == MAX_SAMPLES) {
		for (i = 0; i < MAX_SAMPLES / 2; i++)
			r->sample[i] = r->sample[2 * i + 1];
		r->nr_samples = MAX_SAMPLES / 2;
		r->sample_ms *= 2;
		return;
	}
	s = &r->sample[r->nr_samples++];
	memset(s, 0, sizeof(*s));
	s->ms = ms;
	s->faults = r->count[ROLE_READER][CNT_FAULTS] + r->count[ROLE_OTHER][CNT_FAULTS] +
		    sum_counts(CNT_FAULTS, ROLE_READER) + sum_counts(CNT_FAULTS, ROLE_OTHER);
	for (i = EV_FIRST_CHANGE; i < NR_EVENTS; i++)
		s->calls += r->done[i];
	s->calls += sum_changes();
	s->checks = total_checks(r);
	memset(&now, 0, sizeof(now));
	read_transitions(&now);
	for (i = 0; i < NR_TRANSITIONS && now.transitions_known; i++)
		s->transition[i] = now.transition[i] - watch->before.transition[i];
}

static void update_watch(struct watch *watch, uint64_t passed)
{
	unsigned int i, n = atomic_load(&shared->nr_slots);

	watch->quiet += passed;
	for (i = 0; i < n; i++) {
		unsigned long progress = get(&shared->slot[i].progress);
		int ev = atomic_load(&shared->slot[i].event);

		if (progress != watch->progress[i])
			watch->quiet = 0;
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
	unsigned int i, told = 0, n = atomic_load(&shared->nr_slots);
	uint64_t limit = opt.deadline * NSEC_PER_SEC;

	for (i = 0; i < n; i++) {
		const struct slot *slot = &shared->slot[i];

		if (watch->idle[i] < limit || told++ >= MAX_TOLD_TASKS)
			continue;
		clear_progress();
		scenario_err(watch->scenario, "%s (tid %d): in %s: expected an end within %lu s: found none for %.1f s",
			     slot->name, atomic_load(&slot->tid),
			  events[atomic_load(&slot->event)].name, opt.deadline,
			  seconds(watch->idle[i]));
		print_task(atomic_load(&slot->pid), atomic_load(&slot->tid));
	}
	/* A scenario that completes a table may go on for a while when it is told to stop. */
	if (told || watch->unfinished < (watch->quiet < limit ? 6 * limit : limit))
		return told;

	clear_progress();
	scenario_err(watch->scenario, "process %d: %s: expected an end within %lu s: found none for %.1f s",
		     watch->pid, stopping() ? "told to stop" : "setting up", opt.deadline,
		  seconds(watch->unfinished));
	print_task(watch->pid, watch->pid);
	return true;
}

/* Helpers of a child that is gone come to the controller, which is their subreaper. */
void reap_leftovers(void)
{
	uint64_t until = now_ns() + KILL_DEADLINE;
	unsigned int i, n = atomic_load(&shared->nr_slots);
	pid_t pid;

	for (;;) {
		pid = waitpid(-1, NULL, WNOHANG);
		if (pid < 0 || (!pid && now_ns() > until))
			return;
		if (pid)
			continue;
		for (i = 0; i < n; i++) {
			pid = atomic_load(&shared->slot[i].pid);
			if (pid > 0 && atomic_load(&shared->slot[i].event) != EV_ENDED)
				kill(pid, SIGKILL);
		}
		nap(POLL_INTERVAL / 4);
	}
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

enum ending watch_child(struct watch *watch)
{
	uint64_t last = now_ns(), now, passed, changed = 0;
	unsigned long changes = 0;
	unsigned int polls = 0;

	for (;;) {
		bool gone = waitpid(watch->pid, &watch->status, WNOHANG) == watch->pid;

		print_verdicts(watch);
		if (atomic_load(&interrupted) || output_failed())
			return gone || kill_child(watch) ? END_INTERRUPTED : END_STUCK;
		if (gone) {
			clear_progress();
			return END_EXITED;
		}

		nap(POLL_INTERVAL);
		now = now_ns();
		/*
		 * A controller that was stopped or starved cannot tell how the child fared in
		 * that time, and often the child was stopped as well. So a gap counts as short.
		 */
		passed = now - last < 10 * POLL_INTERVAL ? now - last : POLL_INTERVAL;
		last = now;

		if (atomic_load(&shared->running)) {
			if (!changed || sum_changes() != changes)
				changed = now;
			changes = sum_changes();
			if (now - changed > watch->result->standstill)
				watch->result->standstill = now - changed;
		}
		if (atomic_load(&shared->running) && !stopping()) {
			if (!watch->started)
				watch->started = now;
			watch->ran = now - watch->started;
			take_sample(watch);
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
