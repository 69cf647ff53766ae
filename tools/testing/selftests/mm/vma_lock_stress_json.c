// SPDX-License-Identifier: GPL-2.0
/*
 * vma_lock_stress: the results for programs
 *
 * The schema is described in Documentation/mm/vma_lock_stress.rst. Fields may be added to it;
 * the meaning of those that are there does not change without a new number.
 */
#include "vma_lock_stress.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define SCHEMA	"vma_lock_stress/1"

static FILE *out;
static time_t start;
static uint64_t started;

/* Early, so that a place where nothing can be written is known before the run. */
bool open_json(const char *path)
{
	start = time(NULL);
	started = now_ns();
	out = fopen(path, "we");
	return out;
}

static void put_string(const char *s)
{
	fputc('"', out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if ((unsigned char)*s < ' ')
			fprintf(out, "\\u%04x", *s);
		else
			fputc(*s, out);
	}
	fputc('"', out);
}

static void put_field(const char *name, const char *value)
{
	fprintf(out, "\"%s\": ", name);
	put_string(value);
	fputs(", ", out);
}

/* The word in brackets, if the file marks one so, else its first word. */
static void put_file(const char *name, const char *path, bool brackets)
{
	char line[128] = "", *from = line, *to;
	FILE *f = fopen(path, "re");

	if (f) {
		if (!fgets(line, sizeof(line), f))
			line[0] = '\0';
		fclose(f);
	}
	line[strcspn(line, "\n")] = '\0';
	if (brackets) {
		from = strpbrk(line, "[(");
		from = from ? from + 1 : line + strlen(line);
		to = strpbrk(from, "])");
		if (to)
			*to = '\0';
	}
	put_field(name, from);
}

static void put_taint(const char *name, const struct kernel_view *v)
{
	if (v->taint_known)
		fprintf(out, "\"%s\": %lu, ", name, v->taint);
	else
		fprintf(out, "\"%s\": null, ", name);
}

static void put_kernel(const struct kernel_view *first)
{
	struct kernel_view last = look_at_kernel();
	struct utsname un;

	uname(&un);
	fputs("\"kernel\": {", out);
	put_field("sysname", un.sysname);
	put_field("release", un.release);
	put_field("version", un.version);
	put_field("machine", un.machine);
	put_taint("tainted_before", first);
	put_taint("tainted_after", &last);
	put_file("thp", "/sys/kernel/mm/transparent_hugepage/enabled", true);
	put_file("preempt", "/sys/kernel/debug/sched/preempt", true);
	put_file("max_map_count", "/proc/sys/vm/max_map_count", false);
	fprintf(out, "\"vma_lock_stats\": %s, \"transitions\": \"%s\"},\n",
		first->vmstat[0] >= 0 ? "true" : "false",
		first->transitions_known ? "counted" : "inferred");
}

static void put_setting(void)
{
	fprintf(out, "\"setting\": {\"seed\": \"%llu\", ", opt.seed);
	fprintf(out, "\"seconds\": %.0f, ", opt.seconds);
	fprintf(out, "\"readers\": %lu, \"cpus\": %u, ", opt.readers, cpus);
	fprintf(out, "\"page_size\": %zu, \"memory_mib\": %lu, \"deadline_s\": %lu, ", page_size,
		opt.memory_mib, opt.deadline);
	put_field("sabotage", sabotages[opt.sabotage].name);
	fprintf(out, "\"real_time\": %s, \"root\": %s},\n", opt.unprivileged ? "false" : "true",
		geteuid() ? "false" : "true");
}

static void put_transitions(const char *comma, const unsigned long long *t, bool all)
{
	unsigned int i;

	for (i = 0; i < NR_TRANSITIONS; i++) {
		if (!all && !t[i])
			continue;
		fprintf(out, "%s\"%s\": %llu", comma, transition_names[i], t[i]);
		comma = ", ";
	}
}

static void put_plans(const struct result *r)
{
	const char *comma = "";
	unsigned int i;

	fputs("\"plans\": [", out);
	for (i = 0; i < NR_PLANS; i++) {
		if (!r->plan_ns[i])
			continue;
		fprintf(out, "%s{\"name\": \"%s\", \"seconds\": %.3f", comma, plans[i].name,
			seconds(r->plan_ns[i]));
		if (r->counted) {
			fputs(", \"transitions\": {", out);
			put_transitions("", r->plan_reached[i], true);
			fputc('}', out);
		}
		fputc('}', out);
		comma = ", ";
	}
	fputs("],\n", out);
}

static unsigned long both(const struct result *r, enum count c)
{
	return r->count[ROLE_MUTATOR][c] + r->count[ROLE_READER][c] + r->count[ROLE_OTHER][c];
}

static void put_counters(const struct result *r)
{
	static const char *const names[NR_COUNTS] = {
		[CNT_BRACKETED] = "bracketed_checks", [CNT_LOOSE] = "loose_checks",
		[CNT_SEGV] = "expected_sigsegv", [CNT_FAULTS] = "faults",
		[CNT_FAILED] = "failed_calls", [CNT_REFUSED] = "refused_calls",
		[CNT_SURPRISES] = "surprises",
	};
	unsigned int i;

	fputs("\"counters\": {", out);
	for (i = 0; i < NR_COUNTS; i++) {
		if (names[i])
			fprintf(out, "\"%s\": %lu, ", names[i], both(r, i));
	}
	fprintf(out, "\"reader_waits\": %lu, \"mutator_waits\": %lu, \"violations\": %lu},\n",
		r->count[ROLE_READER][CNT_WAITS], r->count[ROLE_MUTATOR][CNT_WAITS],
		r->violations);
}

static void put_operations(const struct result *r)
{
	const char *comma = "";
	unsigned int ev, i;

	fputs("\"operations\": {", out);
	for (ev = EV_LOAD_ID; ev < NR_EVENTS; ev++) {
		if (!r->done[ev])
			continue;
		fprintf(out, "%s\n  \"%s\": {\"count\": %lu, \"changes\": %s, ", comma,
			events[ev].key, r->done[ev], ev >= EV_FIRST_CHANGE ? "true" : "false");
		fputs("\"latency_log2_ns\": [", out);
		for (i = 0; i < NR_BUCKETS; i++)
			fprintf(out, "%s%lu", i ? ", " : "", r->hist[ev][i]);
		fputs("]}", out);
		comma = ",";
	}
	fputs("},\n", out);
}

static void put_vmstat(const struct result *r)
{
	unsigned int i;

	fputs("\"vmstat\": {", out);
	for (i = 0; i < NR_VMSTAT; i++) {
		fprintf(out, "%s\"%s\": ", i ? ", " : "", vmstat_names[i]);
		if (r->vmstat[i] < 0 || !r->bouts)
			fputs("null", out);
		else
			fprintf(out, "%lld", r->vmstat[i]);
	}
	fputs("},\n", out);
}

static void put_column(const struct result *r, const char *name, size_t offset)
{
	unsigned int i;

	fprintf(out, ", \"%s\": [", name);
	for (i = 0; i < r->nr_samples; i++)
		fprintf(out, "%s%lu", i ? ", " : "",
			*(const unsigned long *)((const char *)&r->sample[i] + offset));
	fputc(']', out);
}

static void put_series(const struct result *r)
{
	unsigned int i, t;

	fprintf(out, "\"series\": {\"interval_ms\": %u, \"ms\": [", r->sample_ms);
	for (i = 0; i < r->nr_samples; i++)
		fprintf(out, "%s%u", i ? ", " : "", r->sample[i].ms);
	fputc(']', out);
	put_column(r, "faults", offsetof(struct sample, faults));
	put_column(r, "calls", offsetof(struct sample, calls));
	put_column(r, "checks", offsetof(struct sample, checks));
	fputs(", \"transitions\": {", out);
	for (t = 0; t < NR_TRANSITIONS && r->counted; t++) {
		fprintf(out, "%s\"%s\": [", t ? ", " : "", transition_names[t]);
		for (i = 0; i < r->nr_samples; i++)
			fprintf(out, "%s%llu", i ? ", " : "", r->sample[i].transition[t]);
		fputc(']', out);
	}
	fputs("}},\n", out);
}

static const char *verdict_of(const struct result *r)
{
	if (atomic_load(&interrupted) && r->code == 0)
		return "interrupted";
	if (r->code == 0)
		return "pass";
	if (r->code == 4)
		return r->known[0] ? "known" : "skip";
	return "fail";
}

static void put_scenario(const struct scenario *s, const struct result *r)
{
	unsigned int i, t;

	fputs("{", out);
	put_field("name", s->name);
	put_field("verdict", verdict_of(r));
	put_field("why", r->why);
	put_field("races", s->races);
	put_field("oracle", s->oracle);
	fputs("\"aims\": [", out);
	for (i = t = 0; t < NR_TRANSITIONS; t++) {
		if (s->aims & 1U << t)
			fprintf(out, "%s\"%s\"", i++ ? ", " : "", transition_names[t]);
	}
	fprintf(out, "], \"seconds\": %.3f, \"bouts\": %u,\n", seconds(r->ns), r->bouts);
	put_plans(r);
	put_counters(r);
	put_operations(r);
	put_vmstat(r);
	fprintf(out, "\"transitions\": {\"source\": \"%s\"", r->counted ? "counted" : "inferred");
	put_transitions(", ", r->transition, r->counted);
	fputs("},\n", out);
	put_series(r);
	fputs("\"failures\": [", out);
	for (i = 0; i < r->told; i++) {
		fputs(i ? ", " : "", out);
		put_string(r->verdict[i]);
	}
	fputs("], \"note\": ", out);
	put_string(r->note);
	fputc('}', out);
}

/* False, with errno set, if not all of it could be written. */
bool write_json(const struct result *results, const struct kernel_view *first)
{
	const char *verdict = "skip", *comma = "";
	unsigned long long total[NR_TRANSITIONS] = { 0 };
	unsigned int i, t;

	for (i = 0; i < nr_scenarios; i++) {
		if (!results[i].ran)
			continue;
		for (t = 0; t < NR_TRANSITIONS; t++)
			total[t] += results[i].transition[t];
		if (results[i].code == 0 && !strcmp(verdict, "skip"))
			verdict = "pass";
		if (results[i].code == 1)
			verdict = "fail";
	}
	for (t = 0; t < NR_TRANSITIONS; t++) {
		if (opt.require[t] && (!first->transitions_known || total[t] < opt.require[t]))
			verdict = "fail";
	}
	if (atomic_load(&interrupted))
		verdict = "interrupted";

	fputs("{", out);
	put_field("schema", SCHEMA);
	put_field("verdict", verdict);
	fprintf(out, "\"start\": %lld, \"seconds\": %.3f,\n", (long long)start,
		seconds(now_ns() - started));
	put_kernel(first);
	put_setting();
	fputs("\"scenarios\": [", out);
	for (i = 0; i < nr_scenarios; i++) {
		if (!results[i].ran)
			continue;
		fputs(comma, out);
		fputc('\n', out);
		put_scenario(&scenarios[i], &results[i]);
		comma = ",";
	}
	fputs("\n],\n\"required\": [", out);
	comma = "";
	for (t = 0; t < NR_TRANSITIONS; t++) {
		if (!opt.require[t])
			continue;
		fprintf(out, "%s{\"transition\": \"%s\", \"wanted\": %llu, \"found\": %llu}", comma,
			transition_names[t], opt.require[t], total[t]);
		comma = ", ";
	}
	fputs("]}\n", out);
	if (ferror(out) || fflush(out))
		return false;
	return !fclose(out);
}
