#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The page of a run: all of the results on it, and nothing from elsewhere.

. "$(dirname -- "$0")/lib.sh"
"$scripts/packages.sh" report >/dev/null 2>&1
page=$scripts/page.py
if ! "$page" --help >/dev/null 2>"$tmp/err"; then
	skip "the page of a run" "$(tail -n 1 "$tmp/err")"
	done_testing
	exit 0
fi

# has TEXT / has_not PATTERN: on the page.
has() {
	grep -qF -e "$1" "$results/report.html"
}

has_not() {
	! grep -E -e "$1" "$results/report.html" | cut -c 1-200 | grep .
}

# scenario NAME TRANSITIONS: as the stress writes one.
scenario() {
	cat <<-END
	{"name": "$1", "verdict": "pass", "why": "", "races": "faults & <calls>", "oracle": "all is well",
	 "counters": {"faults": 41}, "failures": [],
	 "operations": {"munmap": {"count": 9, "changes": true, "latency_log2_ns": [0, 0, 0, 4, 4, 1]},
			"load": {"count": 0, "changes": false, "latency_log2_ns": [0, 0]}},
	 "transitions": {"source": "counted", "R0": 12345678, "W2": 7, "N1": 0},
	 "series": {"interval_ms": 100, "ms": [0, 100, 200], "faults": [1, 20, 41], "calls": [0, 4, 9],
		    "checks": [0, 0, 0], "transitions": $2}}
	END
}

results=$tmp/results
mkdir "$results"
{
	printf '{"schema": "vma_lock_stress/1", "verdict": "pass", "seconds": 1.5, "kernel": {"release": "7.3.4",
		"transitions": "counted"}, "setting": {"seed": "42", "root": true}, "scenarios": ['
	scenario first '{"R0": [5, 600, 12345678], "W2": [0, 0, 7], "N1": [0, 0, 0]}'
	echo ,
	scenario second '{}'
	echo ']}'
} >"$results/stress-guest.json"
printf '{"kernel": "7.3.4 <own>", "clean": false, "passed": 2, "failed": 1, "skipped": 0, "configs": ["a.config (KASAN)"],
	"stages": [{"name": "kunit-um", "kind": "kunit", "passed": 2, "failed": 1, "skipped": 0, "seconds": 3,
	"problems": ["it & hung"], "splats": [{"log": "x.log", "line": 7, "text": "WARNING: at once"}],
	"cases": [{"group": "suite", "name": "bad", "status": "failed", "message": ["expected 1 < 2"]}],
	"transitions": {"all since the boot": {"R0": 3, "F1": 4}}}]}' >"$results/summary.json"
printf '{"kernel": "7.3.4", "programs": [{"program": "peer --vma 1", "seconds": 2, "status": "0",
	"per_second": {"W2": 0.25, "R0": 10}}]}' >"$results/peers.json"

check "a page" "$page" "$results"
check "its verdict" has '>not clean<'
check "the kernel, escaped" has 'Linux 7.3.4 &lt;own&gt;'
check "the configuration" has 'a.config (KASAN)'
check "a failed case with its message, escaped" has 'expected 1 &lt; 2'
check "a problem of a stage, escaped" has 'it &amp; hung'
check "a splat" has 'x.log, line 7: WARNING: at once'
check "what a scenario races, escaped" has 'faults &amp; &lt;calls&gt;'
check "the transitions of a scenario, with the exact number" has 'title="12,345,678">12M</td>'
check "a transition over time, labelled with its end" has 'W2  7<'
check "a transition that was not reached has no line" has_not 'N1  0<'
check "without counts over time, what was done" has 'what was done (this kernel'
check "the latency of an operation" has 'munmap  9<'
check "an operation that was never timed has no bar" has_not 'load  0<'
check "a peer" has '>0.25</td>'
check "two drawings a scenario" test "$(grep -o '<svg ' "$results/report.html" | wc -l)" -eq 4
check "no two things of one name" sh -c '
	grep -oE "(^| )id=\"[^\"]*\"" "$1" | sort | uniq -d | grep . && exit 1; exit 0' sh "$results/report.html"
check "every reference within the page has its end" sh -c '
	grep -oE "(url\(|href=\")#[^\")]*" "$1" | sed "s/.*#//" | sort -u | while read -r name; do
		grep -q "id=\"$name\"" "$1" || { echo "$name"; exit 1; }; done' sh "$results/report.html"
check "nothing from the network, and no script" has_not '<script|<link|src=|@import|(href=|url\()"?(https?:|//)'
check "colours are the page's: dark and print can change them" has_not '(stroke|fill): #(0102|000000)'
check "the same input gives the same page" sh -c '
	"$1" "$2" "$3/again.html" && cmp "$2/report.html" "$3/again.html"' sh "$page" "$results" "$tmp"

mkdir "$tmp/empty" "$tmp/broken" "$tmp/odd"
refuses "no argument" 'are wanted' "$page"
refuses "no such directory" 'no such directory' "$page" "$tmp/none"
refuses "nothing in it" 'has no summary.json' "$page" "$tmp/empty"
echo '{"scenarios": [' >"$tmp/broken/stress-host.json"
refuses "half a JSON file" 'stress-host.json cannot be read as JSON' "$page" "$tmp/broken"
echo '{"stages": 7}' >"$tmp/odd/summary.json"
refuses "JSON of another kind" 'of another kind than expected' "$page" "$tmp/odd"
check "nothing was written then" sh -c '! ls -A "$@" | grep -e page -e html' sh "$tmp/empty" "$tmp/broken" "$tmp/odd"
refuses "a page that cannot be written" 'cannot be written' "$page" "$results" "$tmp/none/page.html"
refuses "make report without results" 'make run, or name them' \
	make -s -C "$tmp/empty" -f "$repo/Makefile" report RESULTS=
done_testing
