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

# An architecture; a configuration (- is mm/tests/.kunitconfig: lockdep and
# DEBUG_VM), with kernel arguments after commas; processors; and if it cannot
# work, why. The first three name what kunit.sh takes.
cells='
um - 2
um - 1
um preempt 2
um plain 2
um debug_vm 2
um kasan 2
um all_tests 2
um kcsan 2 UML has no KCSAN
x86_64 guest 2
x86_64 guest 1
x86_64 guest,preempt=full 2
x86_64 guest,preempt=none 2 with lazy preemption, which x86_64 has, the kernel no longer offers none and voluntary
x86_64 plain 2
x86_64 kasan 2
x86_64 kcsan 2
arm64 plain 2
riscv plain 2
s390 plain 2
i386 - 2 the 32-bit kernel has no per-VMA lock
'

# guest_time LOG: the seconds of guest time from the first suite to the last, of
# our suites alone where others ran too.
guest_time() {
	tr -d '\r' <"$1" | awk '
		match($0, /^\[ *[0-9]+[.][0-9]+\]/) {
			now = substr($0, 2, RLENGTH - 2) + 0
			if (/# Subtest: vma_lock(_race|_users)?$/) start = now
			if (/\] (not )?ok [0-9]+ vma_lock(_race|_users)?( |$)/) { sum += now - start; n++ }
		}
		END { if (n) printf "%.2f s guest time", sum }'
}

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
		args=$(printf '%s' "$config" | cut -s -d, -f2- | tr , ' ')
		fragment=${config%%,*}
		[ "$fragment" != - ] || fragment=
		if CPUS=$cpus CONFIG=$fragment KERNEL_ARGS=$args \
			"$repo_dir/scripts/kunit.sh" "$tree" "$results" "$arch" \
			</dev/null 2>"$results/matrix.err"; then
			log=$(tail -n 1 "$results/stages" | cut -f5)
			verdict="passed, $(guest_time "$results/$log")"
		else
			verdict="FAILED: $(grep -v ' \.\.\. \|: done in ' "$results/matrix.err" | tail -n 1)"
			failed=1
		fi
	fi
	[ "$config" != - ] || config=default
	printf '%-8s %-18s %s CPU  %s\n' "$arch" "$config" "$cpus" "$verdict" |
		tee -a "$results/matrix"
done <"$results/matrix.cells"
rm -f "$results/matrix.cells" "$results/matrix.err"
exit $failed
