#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the project's tests and count them.
#
#   check.sh [NAME...]    tests/NAME_test.sh one after the other; without a name all
#                         of them, the small ones two at a time
#
# Environment: BUDGET=SECONDS of all of it: what is large and does not fit any more is
# skipped, and says so. Without it nothing is.
#
# Every test prints TAP. The last line is 'N passed, N failed, N skipped'; the
# status is 0 only if nothing failed and every test came to its plan.

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

# run_test NAME: its output goes to $logs/NAME, what it came to, too.
run_test() {
	echo "# tests/$1_test.sh"
	_start=$(date +%s)
	_limit=
	# What hangs must not take the verdict on the others with it.
	[ -z "${BUDGET:-}" ] || _limit="timeout -k 20 $((CHECK_UNTIL - _start > 0 ? CHECK_UNTIL - _start + 900 : 900))"
	# tee shows what is going on; the log is what is counted.
	{ $_limit "$here/$1_test.sh" </dev/null; echo "exit $?" >"$logs/$1.status"; } 2>&1 | tee "$logs/$1"
	_p=$(grep -c '^ok ' "$logs/$1")
	_s=$(grep -c '^ok .* # SKIP' "$logs/$1")
	_f=$(grep -c '^not ok ' "$logs/$1")
	_plan=$(sed -n 's/^1\.\.//p' "$logs/$1" | tail -n 1)
	if [ "$_plan" != $((_p + _f)) ]; then
		echo "# $1: planned '${_plan:-nothing}', ran $((_p + _f)) ($(cat "$logs/$1.status"))"
		_f=$((_f + 1))
	fi
	echo "$((_p - _s)) $_f $_s" >"$logs/$1.counts"
	echo "# $1: $((_p - _s)) passed, $_f failed, $_s skipped in $(($(date +%s) - _start)) s"
}

if [ "${1:-}" = --one ]; then
	# Of two at a time each shows what it said when it is through.
	run_test "$2" >"$logs/$2.said"
	flock "$logs/lock" cat "$logs/$2.said"
	exit
fi

for name; do
	[ -x "$here/${name}_test.sh" ] || {
		echo "no test '$name': there are $(cd "$here" && printf '%s\n' *_test.sh | sed 's/_test[.]sh$//' | paste -sd' ')" >&2
		exit 1
	}
done
case ${BUDGET:-1} in
*[!0-9]* | 0*) echo "BUDGET=$BUDGET: a number of seconds from 1 on is needed" >&2; exit 1 ;;
esac
logs=$(mktemp -d "${TMPDIR:-/tmp}/vma-lock-check.XXXXXX") || exit 1
export logs
trap 'rm -rf "$logs"' EXIT
trap 'exit 130' INT TERM
# The tests look at this, see lib.sh.
[ -z "${BUDGET:-}" ] || export CHECK_UNTIL=$(($(date +%s) + BUDGET)) CHECK_DIR="$logs"

# The cheap ones first: a typo should not wait for a kernel. source fetches what the
# small ones read; kernels builds what guest and run use; mutants takes what time is left.
small=
if [ $# -eq 0 ]; then
	set -- lint source small models stress kernels guest run mutants
	small='port report page cost overlay coverage'
fi
for name; do
	if [ "$name" = small ]; then
		"$here/../scripts/packages.sh" run check report >/dev/null 2>&1
		printf '%s' "$small" | tr ' ' '\n' | xargs -P 2 -n 1 "$0" --one
	else
		run_test "$name"
	fi
done

# Once more, at the end, where they are found.
for counts in "$logs"/*.counts; do
	name=$(basename "$counts" .counts)
	sed -n "s/^not ok /# $name: &/p" "$logs/$name"
done
cat "$logs"/*.counts | awk '{ p += $1; f += $2; s += $3 }
	END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0 || !p }'
