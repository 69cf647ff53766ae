#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Which lines and branches of the per-VMA lock do the KUnit suites run?
#
#   coverage.sh TREE RESULTS
#
# Builds the tree for UML with gcov, runs the suites, and captures what ran in
# mm/mmap_lock.c and include/linux/mmap_lock.h with lcov. Writes
# RESULTS/coverage.info, the pages under RESULTS/coverage/, and to stdout every
# line of the lock that was not run, and every branch that went one way only.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
2:*) ;;
*) usage >&2; die "wrong arguments: '$*'" ;;
esac
tree=$1
results=$2
[ -d "$results" ] || die "$results: no such directory"
need lcov lcov
need genhtml lcov
build=$(build_dir "$tree" um-gcov)
# Counts of earlier boots would be added to.
[ ! -d "$build" ] || find "$build" -name '*.gcda' -delete
CONFIG=gcov "$repo_dir/scripts/kunit.sh" "$tree" "$results" um || exit 1

# The lock and its inlines, wherever they were inlined; nothing of the tests.
phase "$results/coverage.log" "collecting coverage" \
	lcov --quiet --capture --rc lcov_branch_coverage=1 --ignore-errors gcov,source \
	--directory "$build/mm" --directory "$build/kernel" --output-file "$results/coverage.all" ||
	die "lcov failed: $(tail -n 1 "$results/coverage.log")"
lcov --quiet --rc lcov_branch_coverage=1 --extract "$results/coverage.all" \
	'*/mm/mmap_lock.c' '*/include/linux/mmap_lock.h' --output-file "$results/coverage.info" \
	>>"$results/coverage.log" 2>&1 || die "lcov found no coverage of the lock: see $results/coverage.log"
rm -f "$results/coverage.all"
genhtml --quiet --branch-coverage --title "per-VMA lock, Linux $(kernel_release "$tree")" \
	--output-directory "$results/coverage" "$results/coverage.info" >>"$results/coverage.log" 2>&1 ||
	die "genhtml failed: $(tail -n 1 "$results/coverage.log")"

# Only functions of CONFIG_PER_VMA_LOCK count: the file also finds stacks and so on.
awk -F'[:,]' '
	/^SF:/ { file = substr($0, 4); sub(/.*\/(mm|include)\//, "&", file); short = file; sub(/^.*\/mm\//, "mm/", short); sub(/^.*\/include\//, "include/", short) }
	/^DA:/ { lines++; if ($3 > 0) hit++; else missed[++n] = short ":" $2 ": not run" }
	/^BRDA:/ {
		branches++
		if ($5 != "-" && $5 > 0) taken++
		else if ($5 != "-") missed[++n] = short ":" $2 ": branch " $4 " never taken"
	}
	END {
		for (i = 1; i <= n; i++) print missed[i]
		printf "lines %d of %d, branches %d of %d\n", hit, lines, taken, branches
	}' "$results/coverage.info" | sort -t: -k1,1 -k2,2n
note "pages: $results/coverage/index.html"
