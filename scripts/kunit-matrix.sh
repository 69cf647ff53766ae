#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the KUnit suites on every architecture and in every configuration in which
# the lock exists.
#
#   kunit-matrix.sh TREE RESULTS [ARCH...]    default: every architecture below
#
# A cell that cannot work is shown with the reason; one for which this machine
# lacks a tool is named too. Writes what kunit.sh writes, and RESULTS/matrix, a
# line a cell. Each cell is a kernel build: minutes for the first time.

. "$(dirname -- "$0")/lib.sh"

# An architecture, a configuration (- is mm/tests/.kunitconfig: lockdep and
# DEBUG_VM), processors, and if it cannot work, why. The first three name what
# kunit.sh takes.
cells='
um - 2
um - 1
um plain 2
um debug_vm 2
um kasan 2
um all_tests 2
um kcsan 2 UML has no KCSAN
x86_64 guest 2
x86_64 guest 1
x86_64 plain 2
x86_64 kasan 2
x86_64 kcsan 2
arm64 plain 2
riscv plain 2
s390 plain 2
i386 - 2 the 32-bit kernel has no per-VMA lock
'

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
0:* | 1:*) usage >&2; die "wrong arguments: '$*'" ;;
esac
tree=$1
results=$2
shift 2
[ -d "$results" ] || die "$results: no such directory"
: >"$results/matrix"
failed=0
# From a file, so that nothing in the loop reads the list instead of its input.
printf '%s' "$cells" | sed '/^$/d' >"$results/matrix.cells"
while read -r arch config cpus reason; do
	if [ $# -gt 0 ]; then
		case " $* " in *" $arch "*) ;; *) continue ;; esac
	fi
	if [ -n "$reason" ]; then
		verdict="cannot work: $reason"
	else
		[ "$config" != - ] || config=
		if CPUS=$cpus CONFIG=$config "$repo_dir/scripts/kunit.sh" "$tree" "$results" "$arch" \
			</dev/null 2>"$results/matrix.err"; then
			verdict=passed
		else
			verdict="FAILED: $(grep -v ' \.\.\. \|: done in ' "$results/matrix.err" | tail -n 1)"
			failed=1
		fi
	fi
	printf '%-8s %-10s %s CPU  %s\n' "$arch" "${config:-default}" "$cpus" "$verdict" |
		tee -a "$results/matrix"
done <"$results/matrix.cells"
rm -f "$results/matrix.cells" "$results/matrix.err"
exit $failed
