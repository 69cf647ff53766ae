# SPDX-License-Identifier: GPL-2.0
# What the tests of the scripts share: TAP, a private directory, expectations.
# shellcheck shell=sh

repo=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
# Used by the tests that source this file.
# shellcheck disable=SC2034
scripts=$repo/scripts
tmp=$(mktemp -d "${TMPDIR:-/tmp}/vma-lock-test.XXXXXX") || exit 1
trap 'chmod -R u+w "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
tests=0

# cache_dir: where the scripts keep sources and builds.
cache_dir() {
	sh -c '. "$1/lib.sh" && printf "%s\n" "$cache_dir"' "$scripts/lib.sh" "$scripts"
}

# ok NAME / not_ok NAME [WHY] / skip NAME WHY
ok() {
	tests=$((tests + 1))
	printf 'ok %d - %s\n' $tests "$1"
}

not_ok() {
	tests=$((tests + 1))
	[ -z "${2:-}" ] || printf '%s\n' "$2" | sed 's/^/# /'
	printf 'not ok %d - %s\n' $tests "$1"
}

skip() {
	tests=$((tests + 1))
	printf 'ok %d - %s # SKIP %s\n' $tests "$1" "$2"
}

# check NAME COMMAND...: the command must succeed; its output explains if not.
check() {
	_name=$1
	shift
	if "$@" >"$tmp/check.out" 2>&1; then
		ok "$_name"
	else
		not_ok "$_name" "status $?: $(tail -n 12 "$tmp/check.out")"
	fi
}

# all_scenarios PROGRAM LOG: each that the stress knows has a result in a guest's log.
all_scenarios() {
	"$1" -l >"$tmp/scenarios" && [ -s "$tmp/scenarios" ] || return 1
	while read -r name _; do
		grep -q "ok [0-9]* $name" "$2" || { echo "no $name in $2"; return 1; }
	done <"$tmp/scenarios"
}

# refuses NAME PATTERN COMMAND...: the command must fail with at most two lines
# on stderr apart from a usage text, one of which matches.
refuses() {
	_name=$1
	_pattern=$2
	shift 2
	if "$@" >"$tmp/refuse.out" 2>"$tmp/refuse.err" </dev/null; then
		not_ok "$_name" "expected a refusal that matches '$_pattern', found success"
	elif ! grep -q -e "$_pattern" "$tmp/refuse.err"; then
		not_ok "$_name" "expected '$_pattern', found: $(tail -n 5 "$tmp/refuse.err")"
	else
		ok "$_name"
	fi
}

# gone PATTERN: no process has such a command line any more, or soon has none. A busy
# machine needs time to bury its dead.
gone() {
	for _ in $(seq 50); do
		pgrep -f "$1" >/dev/null || return 0
		sleep 0.2
	done
	pgrep -fa "$1"
	return 1
}

# seconds_left: of check.sh's BUDGET; a day where there is none.
seconds_left() {
	if [ -n "${CHECK_UNTIL:-}" ]; then echo $((CHECK_UNTIL - $(date +%s))); else echo 86400; fi
}

# note_build SECONDS: what the first build of UML took is the measure of this machine.
note_build() {
	[ -z "${CHECK_DIR:-}" ] || [ -f "$CHECK_DIR/build" ] || echo "$1" >"$CHECK_DIR/build"
}

# affords NAME BUILDS: is there time left for as much as BUILDS kernels of UML take, with
# all that is to come after it? If not, NAME is skipped.
affords() {
	[ -n "${CHECK_UNTIL:-}" ] || return 0
	_build=$(cat "$CHECK_DIR/build" 2>/dev/null || echo 0)
	# Where nothing had to be built, there are still the boots.
	[ "$_build" -ge 180 ] || _build=180
	[ "$(seconds_left)" -lt $((_build * $2)) ] || return 0
	skip "$1" "$(seconds_left) s are left, and it may take $((_build * $2)) (BUDGET=$BUDGET)"
	return 1
}

done_testing() {
	printf '1..%d\n' $tests
}
