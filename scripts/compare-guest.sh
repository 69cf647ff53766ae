#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In the guest of compare.sh: run all tests of one kind, each with a deadline.
#
#   compare-guest.sh mm|proc|ltp [PATTERN]
#
# Reads the directories mm, proc and ltp beside it. Says "compare-begin: TEST"
# before each test and "compare: TEST outcome OUTCOME" after it.

case $#:${1:-} in
1:-h | 1:--help) sed -n '4,/^$/s/^# \{0,1\}//p' "$0"; exit 0 ;;
[12]:mm | [12]:proc | [12]:ltp) ;;
*) echo "compare-guest.sh: mm, proc or ltp is wanted, not '$*'" >&2; exit 1 ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/$1" || exit 1
pattern=${2:-.}

# one TEST SECONDS COMMAND...: what became of it.
one() {
	local test=$1 seconds=$2
	shift 2
	[[ $test =~ $pattern ]] || return
	echo "compare-begin: $test"
	timeout -s KILL "$seconds" "$@" </dev/null 2>&1
	local status=$?
	case $status in
	0) status=passed ;;
	137) status="ended after $seconds s" ;;
	4) [ "$kind" = ltp ] || status=skipped ;;
	32) [ "$kind" != ltp ] || status=skipped ;;
	esac
	echo "compare: $test outcome $status"
}

# charge_reserved_hugetlb.sh looks for a process by `pgrep -f NAME` and loops while
# it gets no answer; busybox has none.
if ! command -v pgrep >/dev/null; then
	cat >/bin/pgrep <<-'END'
		#!/bin/bash
		for file in /proc/[0-9]*/cmdline; do
			pid=${file#/proc/} pid=${pid%/cmdline}
			[ "$pid" = $$ ] || { tr '\0' ' ' <"$file" | grep -q -- "$2" && echo "$pid"; }
		done 2>/dev/null
	END
	chmod 755 /bin/pgrep
fi

kind=$1
case $kind in
mm)
	# run_vmtests.sh knows the arguments of each; one category at a time, so that
	# one that hangs does not take the others along.
	while read -r category; do
		# Those two need modules, and the last has a stage of its own.
		case $category in hmm | vmalloc | vma_lock) continue ;; esac
		one "$category" 900 ./run_vmtests.sh -t "$category"
	done < <(sed -n 's/.*CATEGORY="\([a-z_]*\)".*/\1/p' run_vmtests.sh | sort -u)
	;;
proc)
	for test in *; do
		[ ! -x "$test" ] || one "$test" 60 "./$test"
	done
	;;
ltp)
	export LTPROOT=$PWD PATH=$PWD/testcases/bin:$PATH TMPDIR=/tmp LTP_TIMEOUT_MUL=5
	mkdir -p /etc
	printf 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >/etc/passwd
	printf 'root:x:0:\nnogroup:x:65534:\nnobody:x:65534:\nusers:x:100:\n' >/etc/group
	while read -r name command; do
		case $name in '' | '#'*) continue ;; esac
		one "$name" 300 bash -c "$command" <&3
	done 3</dev/null <runtest/mm
	;;
esac
exit 0
