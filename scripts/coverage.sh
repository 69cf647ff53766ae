#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Which lines and branches of the per-VMA lock do the KUnit suites run, and which
# does the stress?
#
#   coverage.sh TREE RESULTS [SECONDS]    SECONDS of the stress (8)
#
# Builds the tree for UML with gcov, runs the suites in it and then, in a boot of
# its own, the stress; captures what ran in mm/mmap_lock.c and
# include/linux/mmap_lock.h with lcov. Writes RESULTS/coverage-{kunit,stress}.info,
# the pages under RESULTS/coverage-{kunit,stress}/, and to stdout for each every
# line of the lock that was not run, and every branch that went one way only.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
2:* | 3:*) ;;
*) usage >&2; die "wrong arguments: '$*'" ;;
esac
tree=$1
results=$2
seconds=${3:-8}
[ -d "$results" ] || die "$results: no such directory"
case $seconds in '' | *[!0-9]* | 0*) die "$seconds: a number of seconds from 1 on is needed" ;; esac
need lcov lcov
need genhtml lcov
build=$(build_dir "$tree" um-gcov-um_guest)

# collect NAME: what ran since the counts were last thrown away. The lock and its
# inlines, wherever they were inlined; nothing of the tests.
collect() {
	_info=$results/coverage-$1.info
	_dirs=
	for _dir in mm kernel fs arch; do
		[ ! -d "$build/$_dir" ] || _dirs="$_dirs --directory $build/$_dir"
	done
	# shellcheck disable=SC2086
	phase "$results/coverage.log" "collecting coverage of $1" \
		lcov --quiet --capture --rc lcov_branch_coverage=1 --ignore-errors gcov,source \
		$_dirs --output-file "$_info.all" ||
		die "lcov failed: $(tail -n 1 "$results/coverage.log")"
	lcov --quiet --rc lcov_branch_coverage=1 --extract "$_info.all" \
		'*/mm/mmap_lock.c' '*/include/linux/mmap_lock.h' --output-file "$_info" \
		>>"$results/coverage.log" 2>&1 || die "lcov found no coverage of the lock: see $results/coverage.log"
	rm -f "$_info.all"
	genhtml --quiet --branch-coverage --title "per-VMA lock, $1, Linux $(kernel_release "$tree")" \
		--output-directory "$results/coverage-$1" "$_info" >>"$results/coverage.log" 2>&1 ||
		die "genhtml failed: $(tail -n 1 "$results/coverage.log")"
	find "$build" -name '*.gcda' -delete

	printf '%s:\n' "$1"
	awk -F'[:,]' '
		/^SF:/ { short = substr($0, 4); sub(/^.*\/mm\//, "mm/", short); sub(/^.*\/include\//, "include/", short) }
		/^DA:/ { lines++; if ($3 > 0) hit++; else missed[++n] = short ":" $2 ": not run" }
		/^BRDA:/ {
			branches++
			if ($5 != "-" && $5 > 0) taken++
			else if ($5 != "-") missed[++n] = short ":" $2 ": branch " $4 " never taken"
		}
		END {
			for (i = 1; i <= n; i++) print missed[i]
			printf "lines %d of %d, branches %d of %d\n", hit, lines, taken, branches
		}' "$_info" | sort -t: -k1,1 -k2,2n
	note "pages: $results/coverage-$1/index.html"
}

# Counts of earlier boots would be added to.
[ ! -d "$build" ] || find "$build" -name '*.gcda' -delete
CONFIG="gcov um_guest" "$repo_dir/scripts/kunit.sh" "$tree" "$results" um || exit 1
collect kunit

# The stress as the guest's init runs it; UML is a program, and exits with counts.
"$repo_dir/scripts/selftests.sh" "$tree" "$build/selftests" &&
	"$repo_dir/scripts/guest-image.sh" "$build/selftests" "$build/guest.cpio.gz" || exit 1
log=$results/coverage-stress.log
start=$(date +%s)
phase "$log" "running the stress on UML" timeout -k 5 $((seconds * 4 + 300)) \
	"$build/linux" mem=1G ncpus=2 seccomp=on console=tty noreboot kunit.enable=0 \
	printk.time=1 initrd="$build/guest.cpio.gz" \
	"vma_lock.cmd=\"mm/vma_lock_stress -t $seconds\""
status=$?
end=$(sed -n 's/.*vma-lock guest: end status \([0-9]*\).*/\1/p' "$log" | tail -n 1)
[ "${end:-1}" = 0 ] || status=1
record_stage "$results" coverage-stress kselftest $status $(($(date +%s) - start)) "${log##*/}"
collect stress
exit $status
