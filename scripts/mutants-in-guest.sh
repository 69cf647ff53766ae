#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# In the guest: wake one mutant after the other, and let a tool meet it.
#
#   mutants-in-guest.sh SCOPE SECONDS LIST COMMAND...
#
# LIST is a file of names. Each has SECONDS, and as much again to come to its
# end. Tells mutants.sh by lines "mutant NAME begin" and "mutant NAME end" with
# the command's status, whether the broken step was reached, and whether the
# kernel complained. After a failure or a complaint the guest ends: what comes
# after either would be nobody's fault.

scope=$1
seconds=$2
list=$3
shift 3
dir=/sys/kernel/debug/vma_lock_mutant
[ -d $dir ] || dir=/sys/module/vma_lock_mutant/parameters
if [ ! -w $dir/mutant ]; then
	echo "no $dir/mutant: not a kernel with mutants"
	exit 1
fi

# complaints: how often the kernel has complained of itself so far.
complaints() {
	dmesg | grep -cE 'WARNING: |BUG: |INFO: possible|INFO: task|refcount_t: |Oops'
}

clean=$(complaints)
while read -r name; do
	echo "mutant $name begin"
	echo "$scope" >$dir/scope
	echo "$name" >$dir/mutant
	"$@" &
	pid=$!
	status=
	limit=$((seconds * 2 + 5))
	while kill -0 $pid 2>/dev/null; do
		sleep 1
		limit=$((limit - 1))
		# What the kernel has seen may keep the command from ending; a hang it finds in 10 s.
		if [ $limit -gt 20 ] && [ "$(complaints)" != "$clean" ]; then
			limit=20
		elif [ $limit -le 0 ]; then
			kill -KILL $pid
			status=hung
			break
		fi
	done
	if [ -z "$status" ]; then
		wait $pid
		status=$?
	fi
	reached=$(cat $dir/reached)
	echo none >$dir/mutant
	now=$(complaints)
	echo "mutant $name end status $status complaints $((now - clean)) reached $reached"
	case $status in
	0 | 4) [ "$now" != "$clean" ] || continue ;;
	esac
	# What cannot be killed would keep the console open, and init would wait for its end:
	# say in its place that this is one, found or not.
	echo "vma-lock guest: end status 0"
	sleep 1
	reboot -f
done <"$list"
echo "mutants done"
