#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In the guest: run the stress and its peers one after the other, each for the
# same time, and tell which transitions of the lock each of them caused.
#
#   peers-guest.sh SECONDS
#
# Runs what is there of the programs that peers.sh has put beside this script, in
# the directory above it. Writes TAP, and for each program the line
#
#   vma-lock peer: STATUS SECONDS NAME COUNT ... | PROGRAM
#
# with the kernel's counts of its transitions, and of page faults, over its run.
# They are the machine's: nothing else of note runs in this guest.

case $#:${1:-} in
1:-h | 1:--help) sed -n '3,/^$/s/^# \{0,1\}//p' "$0"; exit 0 ;;
1:*[!0-9]* | 1:0*) echo "peers-guest.sh: a number of seconds from 1 on is needed, not '$1'" >&2; exit 1 ;;
1:?*) ;;
*) echo "peers-guest.sh: a number of seconds is wanted, not $# arguments" >&2; exit 1 ;;
esac
seconds=$1
transitions=/sys/kernel/debug/vma_lock/transitions
number=0

# counts: "NAME COUNT" a line.
counts() {
	cat $transitions
	sed -n 's/^pgfault /faults /p; s/^vma_lock_success /under_lock /p' /proc/vmstat
}

# hundredths: of a second since the boot.
hundredths() {
	sed 's/ .*//; s/[.]//' /proc/uptime
}

# peer PROGRAM COMMAND...: run it, told to take SECONDS, for no longer than 8 more.
peer() {
	program=$1
	shift
	number=$((number + 1))
	if [ ! -x "$1" ]; then
		echo "ok $number - $program # SKIP not in this image"
		return
	fi
	counts >/tmp/before
	start=$(hundredths)
	timeout -s INT $((seconds + 8)) setsid "$@" >/tmp/peer.log 2>&1 </dev/null &
	pid=$!
	waited=0
	while kill -0 $pid 2>/dev/null && [ $waited -lt $((seconds + 10)) ]; do
		sleep 1
		waited=$((waited + 1))
	done
	# What did not heed SIGINT, and what it has left behind.
	end=$(hundredths)
	for task in /proc/[0-9]*; do
		case $(readlink "$task/exe" 2>/dev/null) in
		/selftests/peers/* | /selftests/mm/*) kill -KILL "${task#/proc/}" 2>/dev/null ;;
		esac
	done
	wait $pid
	status=$?
	[ $waited -lt $((seconds + 10)) ] || status=hung
	counts >/tmp/after
	took=$((end - start))
	echo "vma-lock peer: $status $((took / 100)).$(printf %02d $((took % 100)))" \
		"$(paste -d' ' /tmp/before /tmp/after | awk '{ printf "%s %d ", $1, $4 - $2 }')| $program"
	# What was killed may have been in the middle of a line.
	tail -n 3 /tmp/peer.log | awk '{ print "# " $0 }'
	# Some have a fixed amount of work, and are done with it early.
	if [ "$took" -lt $((seconds * 50)) ] && { [ "$status" != 0 ] || [ "$took" -lt 300 ]; }; then
		echo "not ok $number - $program"
		echo "# it ended after $((took / 100)) of $seconds seconds with status $status"
	else
		echo "ok $number - $program"
	fi
}

[ -f $transitions ] || {
	echo "1..0 # SKIP the kernel does not count the transitions of its lock"
	exit 4
}
cd "$(dirname -- "$0")/.." || exit 1
echo "TAP version 13"
peer "vma_lock_stress" mm/vma_lock_stress -t "$seconds"
# Its default run goes through all scenarios; this is the one that waits are made in.
peer "vma_lock_stress -c short_holds" mm/vma_lock_stress -t "$seconds" -c short_holds
for dir in peers/stress-ng-*; do
	[ -f "$dir/version" ] || continue
	for instances in 1 4; do
		peer "stress-ng $(cat "$dir/version") --vma $instances" \
			"$dir/run" --vma $instances --timeout "$seconds" --temp-path /tmp
	done
done
# Six tests share the time.
DURATION=$(((seconds + 5) / 6))
export DURATION
peer "proc-maps-race" peers/proc-maps-race
peer "uffd-stress anon" peers/uffd-stress anon 20 1000
for file in peers/by-hand/*; do
	[ -x "$file" ] || continue
	case ${file##*/} in
	*_threads) peer "${file##*/} (by hand)" "$file" -t 2 ;;
	*) peer "${file##*/} (by hand)" "$file" ;;
	esac
done
# It changes how shared memory uses huge pages, hence the last.
peer "folio_split_race_test" peers/folio_split_race_test
echo "1..$number"
