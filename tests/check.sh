#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the project's tests and count them.
#
#   check.sh [NAME...]    tests/NAME_test.sh each; without a name, all of them
#
# Every test prints TAP. The last line is 'N passed, N failed, N skipped'; the
# status is 0 only if nothing failed and every test came to its plan.

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
logs=$(mktemp -d "${TMPDIR:-/tmp}/vma-lock-check.XXXXXX") || exit 1
trap 'rm -rf "$logs"' EXIT
trap 'exit 130' INT TERM
passed=0
failed=0
skipped=0

# The cheap ones first: a typo should not wait for a kernel. kernels builds what
# guest and run use.
[ $# -gt 0 ] || set -- lint report page cost overlay coverage port models source stress kernels mutants guest run
for name; do
	test=$here/${name}_test.sh
	if [ ! -x "$test" ]; then
		echo "no test '$name': there are $(cd "$here" && printf '%s\n' *_test.sh | sed 's/_test[.]sh$//' | paste -sd' ')" >&2
		exit 1
	fi
	start=$(date +%s)
	log=$logs/$name
	echo "# tests/${name}_test.sh"
	# tee shows what is going on; the log is what is counted.
	{ "$test" </dev/null; echo "exit $?" >"$log.status"; } 2>&1 | tee "$log"
	p=$(grep -c '^ok ' "$log")
	s=$(grep -c '^ok .* # SKIP' "$log")
	f=$(grep -c '^not ok ' "$log")
	plan=$(sed -n 's/^1\.\.//p' "$log" | tail -n 1)
	if [ "$plan" != $((p + f)) ]; then
		echo "# $name: planned '${plan:-nothing}', ran $((p + f)) ($(cat "$log.status"))"
		f=$((f + 1))
	fi
	passed=$((passed + p - s))
	failed=$((failed + f))
	skipped=$((skipped + s))
	echo "# $name: $((p - s)) passed, $f failed, $s skipped in $(($(date +%s) - start)) s"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
