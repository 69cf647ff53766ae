#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build an overlaid kernel tree for KUnit and run the suites with the tree's own
# kunit.py.
#
#   kunit.sh TREE RESULTS [ARCH]    ARCH: um (default) or what kunit.py --arch knows
#
# Environment: CPUS=N processors (2); CONFIG="FRAGMENT..." of
# tools/testing/kunit/configs, besides mm/tests/.kunitconfig or, if the fragment
# says that it stands alone, in its place (kasan is short for vma_lock_kasan.config);
# FILTER=GLOB suites or suite.case; TIMEOUT=SECONDS of the boot (150);
# STRICT=1 known weaknesses of the kernel are failures; BUILD_ONLY=1 stops after
# the build, BOOT_ONLY=1 takes the last build as it is; JOBS=N of make;
# CROSS_COMPILE= of ARCH, else Debian's;
# KERNEL_ARGS="ARG..." of the kernel's command line (preempt=full).
#
# Reads TREE; builds in the cache, incrementally; writes the build's log, the
# console, the .config and kunit.py's JSON to RESULTS, and a line a stage to
# RESULTS/stages. Status: kunit.py's.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
2:* | 3:*) ;;
*) usage >&2; die "wrong arguments: '$*'" ;;
esac
tree=$1
results=$2
arch=${3:-um}
cpus=${CPUS:-2}
[ -x "$tree/tools/testing/kunit/kunit.py" ] || die "$tree has no tools/testing/kunit/kunit.py: not an overlaid kernel tree"
[ -d "$results" ] || die "$results: no such directory"
case $cpus in '' | *[!0-9]* | 0*) die "CPUS=$cpus: a number of processors from 1 on is needed" ;; esac
if [ "$arch" != um ] && [ ! -f "$tree/tools/testing/kunit/qemu_configs/$arch.py" ]; then
	die "ARCH=$arch is unknown to this kernel's kunit.py; it knows: um $(cd "$tree/tools/testing/kunit/qemu_configs" && printf '%s\n' [a-z]*.py | sed 's/[.]py$//' | paste -sd' ')"
fi
if ! arch_has_lock "$tree" "$arch"; then
	[ "$arch" != um ] ||
		die "UML of Linux $(kernel_version "$tree") has one processor, and so no per-VMA lock: ARCH=x86_64 does"
	die "ARCH=$arch: Linux $(kernel_version "$tree") has no per-VMA lock there; it has one on: $(cd "$tree/arch" &&
		grep -rl --include='Kconfig*' ARCH_SUPPORTS_PER_VMA_LOCK . |
		sed 's,^[.]/,,; s,/.*,,; s/^x86$/x86_64/' | sort -u | paste -sd' ')"
fi
need python3 python3
need flex flex
need bison bison
need bc bc
need "${CC:-gcc}" gcc

configs=$tree/tools/testing/kunit/configs
base=mm/tests
variant=
set --
for fragment in ${CONFIG:-}; do
	for file in "$tree/$fragment" "$configs/$fragment" "$configs/vma_lock_$fragment.config"; do
		[ ! -f "$file" ] || break
	done
	[ -f "$file" ] || die "CONFIG=$CONFIG: no such fragment; there are: $(cd "$configs" && printf '%s\n' vma_lock_*.config | sed 's/^vma_lock_//; s/[.]config$//' | paste -sd' ')"
	! grep -q '^#.* Stands alone' "$file" || base=
	set -- "$@" --kunitconfig="$file"
	# The guest's fragment makes the usual kernel; any other makes another one.
	case $file in
	*/vma_lock_guest.config) ;;
	*) variant=$variant-$(basename "$file" .config | sed 's/^vma_lock_//') ;;
	esac
done
if [ -n "$base" ] && [ -f "$tree/$base/.kunitconfig" ] && has_vma_refcount "$tree"; then
	set -- --kunitconfig="$base" "$@"
fi
build=$(build_dir "$tree" "$arch$variant")
[ -z "${BOOT_ONLY:-}" ] || [ -f "$build/vmlinux" ] || die "BOOT_ONLY=1, but $build has no kernel: build it first"
mkdir -p "$build" || die "cannot create $build"
[ -f "$build/.config" ] || need_space "$build" 1500 "a $arch kernel build"

set -- --build_dir="$build" --jobs="${JOBS:-$(nproc)}" "$@"
if [ "$arch" != um ]; then
	set -- "$@" --arch="$arch"
fi
compiler=${CC:-gcc}
cross=${CROSS_COMPILE:-}
if [ -z "$cross" ] && [ "$arch" != um ] && [ "$arch" != "$(uname -m | sed 's/aarch64/arm64/; s/riscv64/riscv/; s/s390x/s390/')" ]; then
	case $arch in
	arm64) cross=aarch64-linux-gnu- ;;
	riscv) cross=riscv64-linux-gnu- ;;
	s390) cross=s390x-linux-gnu- ;;
	x86_64) cross=x86_64-linux-gnu- ;;
	*) die "ARCH=$arch: name its compiler as CROSS_COMPILE=" ;;
	esac
fi
if [ -n "$cross" ]; then
	need "$cross$compiler" "$compiler-${cross%-}"
	set -- "$@" --cross_compile="$cross"
	compiler=$cross$compiler
fi
if command -v ccache >/dev/null 2>&1; then
	compiler="ccache $compiler"
	# Nothing that changes by itself may be compiled in.
	set -- "$@" --make_options="KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 1970" \
		--make_options="KBUILD_BUILD_USER=vma-lock" --make_options="KBUILD_BUILD_HOST=vma-lock"
fi
set -- "$@" --make_options="CC=$compiler"

name=kunit-$arch$variant
[ "$cpus" = 2 ] || name=$name-${cpus}cpu
for arg in ${KERNEL_ARGS:-}; do
	name=$name-$(printf '%s' "$arg" | tr -c 'A-Za-z0-9._=' _)
done
log=$results/$name-build.log
start=$(date +%s)
cd "$tree" || exit 1
export PYTHONDONTWRITEBYTECODE=1
use_ccache
if [ -n "${BOOT_ONLY:-}" ]; then
	note "the last $arch kernel is taken as it is"
elif phase "$log" "building $arch kernel $(kernel_release "$tree") for KUnit" \
	./tools/testing/kunit/kunit.py build "$@"; then
	record_stage "$results" "$name-build" build 0 $(($(date +%s) - start)) "${log##*/}"
else
	record_stage "$results" "$name-build" build $? $(($(date +%s) - start)) "${log##*/}"
	# kunit.py prints make's complaints; the first error is the one that matters.
	grep -m 5 -E 'error:|Error [0-9]|\*\*\*|ERROR|Missing:' "$log" >&2 || tail -n 5 "$log" >&2
	die "the $arch kernel does not build: see $log"
fi
cp "$build/.config" "$results/$name.config"
[ -z "${BUILD_ONLY:-}" ] || exit 0

# The result of an earlier boot must not be taken for this one's.
rm -f "$build/test.log"
set -- exec --build_dir="$build" --timeout="${TIMEOUT:-150}" --kernel_args=kunit.timeout=30 \
	--kernel_args=printk.time=1 \
	--json="$results/$name.json"
if [ "$arch" = um ]; then
	set -- "$@" --kernel_args="ncpus=$cpus" --kernel_args=seccomp=on
else
	set -- "$@" --arch="$arch" --qemu_args="-smp $cpus"
	qemu=qemu-system-$(sed -n "s/.*qemu_arch='\([^']*\)'.*/\1/p" "$tree/tools/testing/kunit/qemu_configs/$arch.py")
	need "$qemu" "qemu-system-x86, -arm or -misc"
	if [ "$arch" = x86_64 ] && ! "$repo_dir/scripts/kvm-works.sh" "$build/arch/x86/boot/bzImage"; then
		PATH=$repo_dir/scripts/tcg:$PATH
		# On a busy host the emulated timer may miss the moment in which the
		# kernel looks whether it ticks at all, and panics if not.
		set -- "$@" --kernel_args=no_timer_check
	fi
fi
[ -z "${STRICT:-}" ] || set -- "$@" --kernel_args=vma_lock_kunit.strict=1
for arg in ${KERNEL_ARGS:-}; do
	set -- "$@" --kernel_args="$arg"
done
[ -z "${FILTER:-}" ] || set -- "$@" "$FILTER"
log=$results/$name.log
start=$(date +%s)
phase "$results/$name-kunit.py.log" "running KUnit on $arch with $cpus CPU(s)" \
	./tools/testing/kunit/kunit.py "$@"
status=$?
if [ -s "$build/test.log" ]; then
	mv "$build/test.log" "$log"
else
	tail -n 3 "$results/$name-kunit.py.log" >&2
	: >"$log"
fi
record_stage "$results" "$name" kunit $status $(($(date +%s) - start)) "${log##*/}"
if [ $status -ne 0 ] && [ -n "${FILTER:-}" ] && grep -qw '0 tests run' "$results/$name-kunit.py.log"; then
	note "FILTER=$FILTER: this kernel has no such suite or case; name a suite such as 'vma_lock*', or a case of it: 'vma_lock.vma_lock_wait*'"
	exit $status
fi
if [ $status -ne 0 ] && ! grep -q 'reboot: \(Restarting\|System halted\|Power down\)' "$log"; then
	note "the kernel did not come to its end: $(classify_console "$log"); last lines of $log:"
	tail -n 10 "$log" >&2
fi
exit $status
