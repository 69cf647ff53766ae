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
clean=$(cat /proc/sys/kernel/tainted)
while read -r name; do
	echo "mutant $name begin"
	echo "$scope" >$dir/scope
	echo "$name" >$dir/mutant
	timeout -s KILL $((seconds * 2 + 5)) "$@"
	status=$?
	reached=$(cat $dir/reached)
	echo none >$dir/mutant
	tainted=$(cat /proc/sys/kernel/tainted)
	echo "mutant $name end status $status tainted $((tainted - clean)) reached $reached"
	[ "$status" -eq 0 ] || [ "$status" -eq 4 ] || exit 0
	[ "$tainted" = "$clean" ] || exit 0
done <"$list"
echo "mutants done"
