#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# /init of the guest (guest-image.sh puts it there): runs the kselftest, or the
# command in vma_lock.cmd= of the kernel's command line, and powers off.
#
# Reads /proc/cmdline and /selftests. Writes to the console, for guest-boot.sh
# and report.py, lines that begin with "vma-lock guest:": begin, end, the kernel's
# taint before and after, its counts of VMA lock events and, if it has them, of the
# lock's transitions. What the stress writes as JSON goes to a second serial port.
# With vma_lock.noise on the command line stress-ng disturbs it (stress-guest.sh
# puts that there); noise that does not come, or does not go, is a failure.
#
# All output goes through /dev/kmsg: each line arrives whole, with its time, and
# in order with what the kernel has to say.

export PATH=/bin HOME=/tmp
/bin/busybox mkdir -p /proc /sys /dev /tmp
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox mount -t tmpfs tmpfs /tmp
# What is there already (sh, sed) stays.
/bin/busybox --install -s /bin 2>/dev/null
# run_kselftest.sh writes to /dev/stdout, bash opens /dev/fd/N.
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr
[ ! -d /sys/kernel/debug ] || mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null

# Everything but debug messages on the console, and no limit on our own.
echo 7 >/proc/sys/kernel/printk
echo on >/proc/sys/kernel/printk_devkmsg

# say: each line of the input becomes a message; longer ones are cut to fit.
say() {
	while IFS= read -r line || [ -n "$line" ]; do
		[ -z "$line" ] || printf '%.900s\n' "$line"
	done >/dev/kmsg
}

marker() {
	echo "vma-lock guest: $*" | say
}

tap=/tmp/output
export VMA_LOCK_STRESS_JSON=/tmp/stress.json
transitions=/sys/kernel/debug/vma_lock/transitions

# noise_count: how many processes of it there are. They all run its loader.
noise_count() {
	for _exe in /proc/[0-9]*/exe; do readlink "$_exe"; done | grep -c '^/selftests/noise/'
}

noise_begin() {
	setsid /selftests/noise/run --job /selftests/noise/noise.job --timeout 0 \
		--temp-path /tmp >/tmp/noise.log 2>&1 </dev/null &
	noise=$!
	# Until each of its jobs has a process, besides the first one.
	for _ in $(seq 60); do
		[ "$(noise_count)" -le 5 ] || break
		kill -s 0 $noise 2>/dev/null || break
		sleep 1
	done
	marker "noise: $(noise_count) processes of stress-ng $(cat /selftests/noise/version)"
}

# noise_end: ask it to end, and make it; say what was left of it, or went wrong.
noise_end() {
	kill -s 0 $noise 2>/dev/null || noise_failed="it ended by itself"
	kill -s INT $noise 2>/dev/null
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(noise_count)" -ne 0 ] || break
		sleep 1
	done
	[ "$(noise_count)" -eq 0 ] || noise_failed="it did not end when asked to"
	kill -s KILL -- -$noise 2>/dev/null
	tail -n 5 /tmp/noise.log | sed 's/^/vma-lock guest: noise: /' | say
	marker "noise: $(noise_count) processes left"
	[ -z "$noise_failed" ] || {
		marker "noise failed: $noise_failed"
		echo 1 >/tmp/status
	}
}

# tap_status: what run_kselftest.sh's own results amount to. Its exit status is
# 0 for a skipped test, and with 6.12 for a failed one, too.
tap_status() {
	awk '/^not ok/ { failed = 1 } /^ok .* # SKIP/ { skipped = 1; next } /^ok / { passed = 1 }
		END { exit failed ? 1 : passed ? 0 : skipped ? 4 : 1 }' "$tap"
}

cd /selftests || marker "no /selftests"
command=$(sed -n 's/^.*vma_lock\.cmd="\([^"]*\)".*$/\1/p; t; s/^.*vma_lock\.cmd=\([^ ]*\).*$/\1/p' /proc/cmdline)
marker "tainted before: $(cat /proc/sys/kernel/tainted)"
noise=
noise_failed=
! grep -q 'vma_lock[.]noise' /proc/cmdline || noise_begin
marker "begin ${command:-run_kselftest.sh}"
{
	if [ -n "$command" ]; then
		sh -c "$command" 2>&1 </dev/null
		echo $? >/tmp/status
	else
		./run_kselftest.sh -t mm:ksft_vma_lock.sh 2>&1 </dev/null | tee "$tap"
		tap_status
		echo $? >/tmp/status
	fi
} | say
[ -z "$noise" ] || noise_end
grep '^vma_lock_' /proc/vmstat | while read -r name count; do marker "$name $count"; done
[ ! -f $transitions ] || marker "transitions $(paste -sd' ' $transitions)"
marker "tainted after: $(cat /proc/sys/kernel/tainted)"
marker "end status $(cat /tmp/status)"
if [ -s "$VMA_LOCK_STRESS_JSON" ] && stty -F /dev/ttyS1 raw -echo 2>/dev/null; then
	cat "$VMA_LOCK_STRESS_JSON" >/dev/ttyS1
fi
# The last lines shall get out before the reset.
sleep 1
reboot -f
