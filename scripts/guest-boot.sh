#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Boot the kselftest in a guest, and say how that ended.
#
#   [CPUS=2] [MEM=1024] [QUIET=150] [COUNT=1] [APPEND=...] [JSON=FILE] \
#       guest-boot.sh KERNEL IMAGE LOG [TIMEOUT]
#
# Reads KERNEL, an x86_64 bzImage, and IMAGE, made by guest-image.sh. Writes LOG,
# the guest's console, as it comes. The guest has CPUS processors and MEM MiB; it
# is given up after TIMEOUT seconds (300), or after QUIET seconds without a word
# (half of TIMEOUT). APPEND goes to the kernel's command line; with vma_lock.cmd=
# in it, that command runs instead of the kselftest, in the directory of
# run_kselftest.sh:
#
#   APPEND='vma_lock.cmd="mm/vma_lock_stress -t 60 -c mixed"' guest-boot.sh ...
#
# With KVM where kvm-works.sh finds it working, else emulated. With COUNT=1 emulated
# in any case, with one processor, whose clock ticks once an instruction (QEMU's
# -icount), for what is to be counted and not timed. With JSON=FILE the guest hands
# out through a second serial port what the stress writes as JSON; FILE is there
# only if that was something. Exit status: 0 the
# test passed, 4 it was skipped, 1 anything else, with the reason and the end of
# the log on stderr.

. "$(dirname -- "$0")/lib.sh"

# number NAME VALUE: die unless VALUE is a number from 1 on.
number() {
	case $2 in
	'' | *[!0-9]* | 0*) die "$1 is to be a number from 1 on, not '$2'" ;;
	esac
}

# last_of PATTERN: the last matching line of the log, without its time.
last_of() {
	grep -aE "$1" "$log" | tail -n 1 | tr -d '\r' | sed 's/^\[ *[0-9.]*\]\(\[[^]]*\]\)\{0,1\} *//'
}

# failed REASON...: tell it with the end of the log.
failed() {
	note "the last lines of $log:"
	tail -n 15 "$log" | tr -d '\r' | sed 's/^/  /' >&2
	die "$*"
}

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
3:* | 4:*) ;;
*) usage >&2; die "a kernel, an image and a log file are wanted, not $# arguments" ;;
esac
kernel=$1 image=$2 log=$3 timeout=${4:-300}
cpus=${CPUS:-2} mem=${MEM:-1024}
number TIMEOUT "$timeout"
quiet=${QUIET:-$(((timeout + 1) / 2))}
number CPUS "$cpus"
number MEM "$mem"
number QUIET "$quiet"
for file in "$kernel" "$image"; do
	if [ ! -f "$file" ] || [ ! -r "$file" ]; then
		die "$file: no such file"
	fi
done
[ "$(dd if="$kernel" bs=1 skip=514 count=4 2>/dev/null)" = HdrS ] ||
	die "$kernel is no x86 kernel image (a bzImage)"
gzip -t <"$image" 2>/dev/null || die "$image is no gzip file: make it with guest-image.sh"
need qemu-system-x86_64 qemu-system-x86
need setpriv util-linux
mkdir -p "$(dirname -- "$log")" || die "cannot create $(dirname -- "$log")"
: >"$log" || die "cannot write $log"
json=${JSON:-}
if [ -n "$json" ]; then
	rm -f "$json"
	: >"$json.new" || die "cannot write $json"
	on_exit "rm -f '$json.new'"
fi

if [ -n "${COUNT:-}" ]; then
	accel=tcg,thread=single
	cpus=1
	set -- -icount shift=0,sleep=off
elif set -- && "$repo_dir/scripts/kvm-works.sh" "$kernel"; then
	accel=kvm
else
	accel=tcg,thread=multi
fi
# On a busy host an emulated timer may miss the moment in which the kernel looks
# whether it ticks at all, and panics if not: hence no_timer_check.
setsid setpriv --pdeathsig KILL qemu-system-x86_64 -accel "$accel" "$@" -nodefaults -nographic \
	-no-reboot -smp "$cpus" -m "$mem" -bios qboot.rom -kernel "$kernel" -initrd "$image" \
	-append "console=ttyS0 panic=-1 reboot=t kunit.enable=0 printk.time=1 no_timer_check ${APPEND:-}" \
	-serial stdio ${json:+-serial "file:$json.new"} </dev/null >"$log" 2>&1 &
qemu=$!
# One process, with nothing to save; pdeathsig is for the case that this script
# is killed without a chance to do it.
on_exit "kill -KILL $qemu 2>/dev/null; wait $qemu 2>/dev/null"

# Watch it: a live line on a terminal, a start and an end line elsewhere.
text="guest with $cpus CPU(s) and $mem MiB (${accel%%,*})"
[ -t 2 ] || note "$text ... (log: $log)"
start=$(date +%s)
heard=$start
size=0
given_up=
while kill -0 "$qemu" 2>/dev/null; do
	sleep 0.2
	now=$(date +%s)
	[ ! -t 2 ] || printf '\r%s ... %s (log: %s) ' "$text" "$(elapsed $((now - start)))" "$log" >&2
	new_size=$(wc -c <"$log")
	if [ "$new_size" -ne "$size" ]; then
		size=$new_size
		heard=$now
	fi
	if [ $((now - start)) -ge "$timeout" ]; then
		given_up="it did not end in $timeout seconds, and said nothing in the last $((now - heard))"
	elif [ $((now - heard)) -ge "$quiet" ]; then
		given_up="it hung: not a word in $quiet seconds"
	else
		continue
	fi
	kill -KILL "$qemu" 2>/dev/null
	break
done
wait "$qemu" 2>/dev/null
qemu_status=$?
[ ! -t 2 ] || printf '\r\033[K' >&2
note "$text: ended after $(elapsed $(($(date +%s) - start)))"

[ -z "$json" ] || [ ! -s "$json.new" ] || mv -- "$json.new" "$json"

panic=$(last_of 'Kernel panic - not syncing')
oops=$(last_of 'Oops: |BUG: unable to handle|general protection fault|kernel BUG at')
hung=$(last_of 'INFO: task .* blocked for more than|BUG: soft lockup|rcu: INFO: .*stall')
begun=$(last_of 'vma-lock guest: begin ')
status=$(last_of 'vma-lock guest: end status ')
status=${status##* }
taint=$(last_of 'vma-lock guest: tainted after: ')
taint=${taint##* }

if [ -n "$panic" ]; then
	failed "kernel panic: ${panic#*not syncing: }"
elif [ -n "$oops" ]; then
	failed "kernel oops: $oops"
elif [ -n "$given_up" ]; then
	[ -n "$begun" ] || given_up="$given_up; it never began the test"
	failed "the guest was ended: $given_up${hung:+; the kernel: $hung}"
elif [ "$qemu_status" -ne 0 ]; then
	failed "QEMU ended with status $qemu_status: $(last_of .)"
elif [ -z "$status" ]; then
	[ -n "$begun" ] || failed "the guest ended before it began the test: no marker in $log"
	failed "the guest ended in the middle of the test: no end marker in $log"
fi
# A module from outside of the tree taints without a warning (4096), and so does KUnit (262144).
[ $((${taint:-0} & ~(4096 | 262144))) -eq 0 ] || note "the kernel warned (tainted: $taint): see $log"
case $status in
0) ;;
4) note "the test was skipped: $(last_of '# SKIP|SKIP ')"; exit 4 ;;
*)
	not_ok=$(last_of '(^|[] ])not ok ')
	# The first wrong answers, not only the end: what failed may be far above.
	note "what failed, in $log:"
	grep -aE '(^|[] ])(not ok |FAIL )' "$log" | head -n 8 | tr -d '\r' | cut -c 1-400 | sed 's/^/  /' >&2
	die "the test failed with status $status${not_ok:+: $not_ok}"
	;;
esac
