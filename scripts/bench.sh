#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What the per-VMA lock costs, on several kernels in one run: memory, instructions,
# operations a second.
#
#   bench.sh
#
# Environment: KERNELS="VERSION[+LAYER...]..." what is compared, the first being
# what the others are measured by; KDIR in place of a VERSION is the tree KDIR=.
# Without KERNELS, KVER=6.12 or KDIR=TREE choose: the kernel as it is, with its port
# or fixes, and for 6.12 also 7.3 both ways. ROUNDS=N of the timing (11); VMAS=N for
# the memory (100000); RESULTS=DIR.
#
# Builds each kernel with vma_lock_distro.config. Boots each with a clock that counts
# instructions, and for the memory. Then boots all of them, and the first one twice,
# side by side, and has them take turns, one operation for 300 ms each: what is
# compared was measured within seconds, and the first kernel against itself says how
# far to trust it. Besides operations a second of the clock, those a second of the
# processor that the guest got are told: other work on this machine spoils them less.
# Writes RESULTS/values (a line a value: kernel, round, kind, name, value, unit),
# cost.txt and cost.json, and the consoles. Status: 0 if all was measured,
# whatever came out.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
0:) ;;
1:-h | 1:--help) usage; exit 0 ;;
*) usage >&2; die "wrong arguments: '$*'" ;;
esac
rounds=${ROUNDS:-11}
vmas=${VMAS:-100000}
case $rounds in '' | *[!0-9]* | 0*) die "ROUNDS=$rounds: a number from 1 on is needed" ;; esac
case $vmas in '' | *[!0-9]* | 0* | ????????*) die "VMAS=$vmas: a number from 1 to 9999999 is needed" ;; esac

kernels=$(compared_kernels) || exit 1
# How few instructions a step needs, 7.3 tells.
if [ -z "${KERNELS:-}${KDIR:-}" ] && [ "${KVER:-6.12}" = 6.12 ]; then
	kernels="$kernels $(with_layer 7.3)"
fi
check_kernels "$kernels"
first=${kernels%% *}

"$repo_dir/scripts/packages.sh" || exit 1
use_cache
results=${RESULTS:-$repo_dir/results/$(date +%Y%m%d-%H%M%S)-cost}
mkdir -p "$results" || die "cannot create the results folder $results"
results=$(CDPATH='' cd -- "$results" && pwd)
values=$results/values
: >"$values" || die "cannot write $values"
here=tools/testing/vma_lock_cost

# prepare KERNEL: its tree, its build, and the guest's programs for it.
prepare() {
	mkdir -p "$results/$1" || die "cannot create $results/$1"
	_tree=$(kernel_tree "$1" "$results/$1/kernel") || exit 1
	BUILD_ONLY=1 CONFIG=distro "$repo_dir/scripts/kunit.sh" "$_tree" "$results/$1" x86_64 || exit 1
	_build=$(build_dir "$_tree" x86_64-distro)
	mkdir -p "$_build/cost/image" || die "cannot create $_build/cost"
	cp -p "$repo_dir/$here/Kbuild" "$repo_dir/$here"/*.c "$_build/cost" || exit 1
	phase "$results/$1/module.log" "module for $1" env -u MAKEFLAGS make -C "$_tree" O="$_build" \
		M="$_build/cost" CC="$(cached_compiler "${CC:-gcc}")" modules ||
		die "the module does not build: $(grep -m 1 -E 'error:|ERROR:|\*\*\*' "$results/$1/module.log")"
	"${CC:-gcc}" -O2 -Wall -static -pthread -o "$_build/cost/image/vma_lock_cost" \
		"$_build/cost/vma_lock_cost.c" || die "vma_lock_cost does not build with ${CC:-gcc}"
	cp "$_build/cost/vma_lock_cost_module.ko" "$_build/cost/image/" || exit 1
	"$repo_dir/scripts/guest-image.sh" -c "$_build/cost/image" "$_build/cost/guest.cpio.gz" || exit 1
	ln -sfn "$_build" "$results/$1/build"
}

# take_values KERNEL BOOT [NS]: from lines of a console to lines of values; with the
# nanoseconds of the processor that it took, work is told a second of that.
take_values() {
	tr -d '\r' | sed -n 's/^\[[^]]*\]\(\[[^]]*\]\)\{0,1\} \(vma_lock_cost: \)\{0,1\}cost //p' |
		awk -v OFS='\t' -v kernel="$1" -v round="$2" -v ns="${3:-0}" '
			$1 != "work" { print kernel, round, $1, $2, $3, $4 }
			$1 == "work" && ns > 0 { printf "%s\t%s\tcpu\t%s\t%.0f\tper_second\n", kernel, round, $2, $3 * 1e9 / ns }' >>"$values"
}

arguments="norandmaps slab_nomerge nokaslr mitigations=off"

# boot KERNEL BOOT COMMAND: run one command in a guest of its own.
boot() {
	APPEND="$arguments vma_lock.cmd=\"$3\"" \
		"$repo_dir/scripts/guest-boot.sh" "$results/$1/build/arch/x86/boot/bzImage" \
		"$results/$1/build/cost/guest.cpio.gz" "$results/$1/$2.log" 900 ||
		die "$1 was not measured: see $results/$1/$2.log"
	take_values "$1" "$2" <"$results/$1/$2.log"
}

# A guest that takes commands: NAME is a directory of $work with its console (log),
# where commands go (keys), its process (pid), its KERNEL, and what is told of it.

# start NAME KERNEL
start() {
	{ mkdir "$work/$1" && mkfifo "$work/$1/keys"; } || die "cannot write to $work"
	printf '%s\n' "$2" >"$work/$1/kernel"
	: >"$work/$1/log"
	setsid setpriv --pdeathsig KILL qemu-system-x86_64 -accel "$accel" -nodefaults -nographic \
		-no-reboot -smp 2 -m 512 -bios qboot.rom -serial stdio \
		-kernel "$results/$2/build/arch/x86/boot/bzImage" -initrd "$results/$2/build/cost/guest.cpio.gz" \
		-append "console=ttyS0 panic=-1 reboot=t printk.time=1 $arguments vma_lock.cmd=\"stty -echo </dev/ttyS0; echo vma-lock takes commands; while read -r c; do eval \$c; echo vma-lock did it; done </dev/ttyS0\"" \
		<>"$work/$1/keys" >"$work/$1/log" 2>&1 &
	printf '%s\n' $! >"$work/$1/pid"
	on_exit "kill -KILL $! 2>/dev/null; wait $! 2>/dev/null"
	await "$1" 'vma-lock takes commands$' 1 300
}

# await NAME PATTERN COUNT SECONDS: until its console has said that so often.
await() {
	_tick=0
	while [ "$(tr -d '\r' <"$work/$1/log" | grep -acE "$2")" -lt "$3" ]; do
		_tick=$((_tick + 1))
		if [ $_tick -gt $(($4 * 20)) ] || ! kill -0 "$(cat "$work/$1/pid")" 2>/dev/null; then
			tail -n 8 "$work/$1/log" | tr -d '\r' | sed 's/^/  /' >&2
			die "the guest of $(cat "$work/$1/kernel") does not answer: $(classify_console "$work/$1/log")"
		fi
		sleep 0.05
	done
}

# processor NAME: nanoseconds that the guest has had.
processor() {
	cat "/proc/$(cat "$work/$1/pid")/task"/*/schedstat | awk '{ sum += $1 } END { printf "%.0f\n", sum }'
}

# run_in NAME BOOT COMMAND: and take its values, those of the processor, too.
run_in() {
	_lines=$(wc -l <"$work/$1/log")
	_asked=$(cat "$work/$1/asked" 2>/dev/null || echo 0)
	_asked=$((_asked + 1))
	echo "$_asked" >"$work/$1/asked"
	_before=$(processor "$1")
	printf '%s\n' "$3" >"$work/$1/keys"
	await "$1" 'vma-lock did it$' "$_asked" 60
	_after=$(processor "$1")
	tail -n "+$((_lines + 1))" "$work/$1/log" |
		take_values "$(cat "$work/$1/kernel")" "$2" $((_after - _before))
}

for kernel in $kernels; do
	prepare "$kernel"
done
for kernel in $kernels; do
	COUNT=1 boot "$kernel" count "insmod vma_lock_cost_module.ko lookup=0x\$(awk '\$3==s{print \$1}' s=lock_vma_under_rcu /proc/kallsyms) && ./vma_lock_cost count"
	boot "$kernel" memory "echo $((vmas + 1000)) >/proc/sys/vm/max_map_count; ./vma_lock_cost memory $vmas"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/vma-lock-bench.XXXXXX") || die "cannot create a temporary directory"
on_exit "rm -rf '$work'"
accel=tcg,thread=multi
! "$repo_dir/scripts/kvm-works.sh" "$results/$first/build/arch/x86/boot/bzImage" 2>/dev/null || accel=kvm
note "booting the guests that take turns (${accel%%,*})"
turns=
for kernel in $kernels; do
	start "$kernel" "$kernel"
	turns="$turns $kernel"
done
start again "$first"
operations=$("$results/$first/build/cost/image/vma_lock_cost" list | awk '{ print $1 }')
started=$(date +%s)
round=1
while [ "$round" -le "$rounds" ]; do
	note "round $round of $rounds, after $(elapsed $(($(date +%s) - started)))"
	for operation in $operations; do
		for threads in 1 2; do
			command="./vma_lock_cost time -t $threads -m 300 $operation"
			for name in $turns; do
				run_in "$name" "round$round" "$command"
			done
			run_in again "again$round" "$command"
		done
	done
	round=$((round + 1))
done
for name in $turns again; do
	cp "$work/$name/log" "$results/$(cat "$work/$name/kernel")/$([ "$name" = again ] && echo again || echo turns).log"
	kill -KILL "$(cat "$work/$name/pid")" 2>/dev/null
done
rm -f "$results"/*/build
"$repo_dir/scripts/bench-report.sh" "$results" "$kernels"
status=$?
note "results: $results"
exit $status
