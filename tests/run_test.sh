#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make run as its users meet it: again, in a tree of their own, interrupted, and
# on kernels that do not build, boot or hold what they promise. Uses what
# kernels_test.sh left in the cache.

. "$(dirname -- "$0")/lib.sh"
"$scripts/packages.sh" || exit 1
chmod 755 "$tmp"
source=$("$scripts/kernel-source.sh") || exit 1
cache=$(cache_dir)

# leftovers: what a run of one's own tree must not leave behind, be it a process or
# a file. That tree's directories end in a checksum, Debian's in a version.
leftovers() {
	pgrep -fa "$cache/(build|tree)/linux-[0-9]+/|$cache/host/vma_lock_stress"
	find "$cache" -maxdepth 2 -name '*.partial'
	grep "$cache" /proc/mounts
}

nothing_left() {
	sleep 0.5
	left=$(leftovers)
	printf '%s\n' "$left"
	[ -z "$left" ]
}

touch "$tmp/now"
check "a second run" env KDIR= KVER= STAGES= RESULTS="$tmp/again" TIME=4 "$scripts/run.sh"
# The suites, which sparse had touched, and what every link makes; not the kernel.
check "the second run built no kernel" sh -c '
	find "$1" -name "*.o" -newer "$2" >"$3"; cat "$3"; test "$(wc -l <"$3")" -le 40' sh \
	"$cache/build/$(basename "$source")" "$tmp/now" "$tmp/built"
for file in summary.txt summary.json junit.xml kernel kunit-um.log kunit-x86_64.log stress-guest.log stress-host.log; do
	check "results have $file" test -s "$tmp/again/$file"
done
check "the result names the kernel" grep -q 'Debian 7' "$tmp/again/kernel"

# Refused at once.
refuses "two runs in one cache" 'another run uses the cache' sh -c '
	mkdir -p "$2"; exec 8>"$2/lock"; flock 8; "$1"' sh "$scripts/run.sh" "$cache"
refuses "an unknown stage" "'moon' is none of" env STAGES=moon "$scripts/run.sh"
refuses "an absurd time" 'TIME=x' env TIME=x "$scripts/run.sh"
refuses "no processor" 'CPUS=0: a number of processors' env CPUS=0 STAGES=kunit RESULTS="$tmp/none" "$scripts/run.sh"
refuses "processors that are no number" 'CPUS=x: a number of processors' env CPUS=x STAGES=kunit RESULTS="$tmp/none" "$scripts/run.sh"
refuses "an unknown architecture" 'ARCH=vax is unknown' env ARCH=vax STAGES=kunit RESULTS="$tmp/arch" "$scripts/run.sh"
refuses "an architecture without the lock" 'no per-VMA lock there; it has one on: .*arm64' env ARCH=i386 STAGES=kunit RESULTS="$tmp/arch" "$scripts/run.sh"
refuses "a kernel that Debian does not serve" 'serve no linux-source-5.4' env KVER=5.4 STAGES=kunit RESULTS="$tmp/old" "$scripts/run.sh"
refuses "an unknown fragment" "no fragment 'none.config'" env CONFIG=none.config STAGES=kunit RESULTS="$tmp/frag" "$scripts/run.sh"
for dir in none arch old frag; do
	check "what is refused leaves no results folder: $dir" test ! -e "$tmp/$dir"
done
refuses "no QEMU" 'qemu-system-x86_64 is missing' sh -c '
	mkdir "$2/bin"; for d in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
		for f in "$d"/*; do case $f in */qemu-*) ;; *) [ -e "$2/bin/${f##*/}" ] || ln -s "$f" "$2/bin/${f##*/}" ;; esac; done
	done
	PATH=$2/bin CONFIG=guest "$1" "$3" "$4" x86_64' sh "$scripts/kunit.sh" "$tmp" "$cache/tree/$(basename "$source")" "$tmp/again"

# A tree of one's own, which is only read, with edits that break it.
# Always at the same place, so that the next run need not build all of it again.
if ! affords "one's own tree" 2; then
	done_testing
	exit
fi
tree=$cache/test/linux
rm -rf "$tree"
mkdir -p "$cache/test"
cp -al "$source" "$tree"
rm -f "$tree/.vma-lock-origin"
check "one's own tree: KUnit passes" env KDIR="$tree" STAGES=kunit RESULTS="$tmp/own" "$scripts/run.sh"
check "one's own tree has nothing new in it" sh -c 'test ! -e "$1/mm/tests/vma_lock_kunit.c" && cmp "$1/mm/Makefile" "$2/mm/Makefile"' sh "$tree" "$source"

# break_tree SED FILE: an edit as an editor makes it, by a new file.
break_tree() {
	sed "$1" "$tree/$2" >"$tmp/edited"
	cmp -s "$tmp/edited" "$tree/$2" && return 1
	mv "$tmp/edited" "$tree/$2"
}

check "wake-up target broken (tgt-one)" break_tree 's/ves->detaching ? 0 : 1/1/' mm/mmap_lock.c
start=$(date +%s)
refuses "KUnit notices within the deadline" 'running KUnit on um .*FAILED' env KDIR="$tree" STAGES=kunit RESULTS="$tmp/broken" "$scripts/run.sh"
note=$(grep -m 1 'state detach waits' "$tmp/broken/summary.txt")
check "the summary tells state, event, expected, found: $note" test -n "$note"
echo "# edit to verdict: $(($(date +%s) - start)) s"

check "an error in the lock" break_tree 's/^int __vma_start_write/int int __vma_start_write/' mm/mmap_lock.c
refuses "a kernel that does not build" 'does not build' env KDIR="$tree" STAGES=kunit RESULTS="$tmp/nobuild" "$scripts/run.sh"
check "the first error is shown" grep -q 'error:' "$tmp/refuse.err"

cp --remove-destination "$source/mm/mmap_lock.c" "$tree/mm/mmap_lock.c"
check "a panic at boot" break_tree 's/^	workqueue_init();$/	panic("vma-lock test");/' init/main.c
refuses "a boot that panics is told as one" 'Kernel panic' env KDIR="$tree" STAGES=kunit RESULTS="$tmp/panic" "$scripts/run.sh"
cp --remove-destination "$source/init/main.c" "$tree/init/main.c"
check "a boot that hangs" break_tree 's/^	workqueue_init();$/	for (;;) cpu_relax();/' init/main.c
refuses "a boot that hangs is told as one" 'hung until the deadline' env TIMEOUT=10 KDIR="$tree" STAGES=kunit RESULTS="$tmp/hang" "$scripts/run.sh"
cp --remove-destination "$source/init/main.c" "$tree/init/main.c"

# Interrupted at any moment: nothing stays, and the next run picks up.
for delay in 1 4 9; do
	KDIR=$tree STAGES="kunit host" RESULTS="$tmp/int" setsid "$scripts/run.sh" >"$tmp/int.out" 2>&1 &
	pid=$!
	sleep $delay
	kill -INT $pid 2>/dev/null || kill -TERM $pid
	kill -TERM $pid 2>/dev/null
	wait $pid
	check "interrupted after $delay s: nothing left" nothing_left
done
check "the next run picks up" env KDIR="$tree" STAGES=kunit RESULTS="$tmp/next" "$scripts/run.sh"

refuses "a suite that is not there" 'FILTER=nothing: this kernel has no such suite' env FILTER=nothing KDIR="$tree" STAGES=kunit RESULTS="$tmp/filter" "$scripts/run.sh"
done_testing
