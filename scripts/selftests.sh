#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build and install the kselftest of a kernel tree, as `make kselftest-install`
# lays it out, but of all the mm selftests nothing except ours, linked statically.
#
#   selftests.sh TREE OUTDIR
#
# Reads TREE, a kernel tree with the overlay in it, and writes nothing there.
# Objects and the kernel's headers go to the cache, one directory a tree, where
# the next run finds them. Writes OUTDIR: run_kselftest.sh, kselftest-list.txt,
# mm/vma_lock_stress and what they need; an older OUTDIR is replaced, and only
# when the new one is complete. ARCH and CROSS_COMPILE are honoured.

. "$(dirname -- "$0")/lib.sh"

# why LOG: the first line of a build log that tells what went wrong.
why() {
	grep -m 1 -E 'error:|undefined reference|cannot find|No such file|\*\*\*' "$1" ||
		tail -n 1 "$1"
}

# in_make DIR LOG TEXT ARGUMENT...: make there, without what a make around this
# script has put into the environment.
in_make() {
	_dir=$1
	_makelog=$2
	_maketext=$3
	shift 3
	phase "$_makelog" "$_maketext" env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u GNUMAKEFLAGS \
		-u KBUILD_OUTPUT -u O -u KDIR -u KSFT_INSTALL_PATH -u TARGETS \
		make -C "$_dir" O="$objects" "$@" ||
		die "$_maketext failed: $(why "$_makelog")"
}

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
2:*) ;;
*) usage >&2; die "a kernel tree and an output directory are wanted, not $# arguments" ;;
esac
check_kernel_tree "$1"
tree=$(CDPATH='' cd -- "$1" && pwd -P)
mm=$tree/tools/testing/selftests/mm
for file in vma_lock_stress.c ksft_vma_lock.sh; do
	[ -f "$mm/$file" ] ||
		die "$tree has no tools/testing/selftests/mm/$file: put the tests in first (overlay.sh)"
done
grep -q '"vma_lock"' "$mm/run_vmtests.sh" ||
	die "$tree has vma_lock_stress.c, but run_vmtests.sh does not know it: put the tests in with overlay.sh"
if [ -e "$2" ] && [ ! -f "$2/kselftest-list.txt" ]; then
	rmdir -- "$2" 2>/dev/null ||
		die "$2 exists and is no earlier result of this script: choose another directory"
fi
need make make
need rsync rsync
need "${CROSS_COMPILE:-}gcc" gcc
mkdir -p "$(dirname -- "$2")" || die "cannot create $(dirname -- "$2")"
out=$(CDPATH='' cd -- "$(dirname -- "$2")" && pwd -P)/$(basename -- "$2")

objects=$(selftests_objects "$tree")
mkdir -p "$objects/mk" "$objects/kselftest/mm" || die "cannot write to the cache $cache_dir"
need_space "$objects" 50 "building the selftests"
exec 9>"$objects/lock"
flock -n 9 || {
	note "another selftests.sh works on $tree: waiting for it"
	flock 9
}
new=$out.new.$$
old=$out.old.$$
on_exit "rm -rf '$new' '$old'"

jobs=$(nproc)
[ -d "$objects/usr/include/linux" ] || fresh=" (the first time)"
in_make "$tree" "$objects/headers.log" "kernel headers of $(kernel_version "$tree")${fresh:-}" \
	-s -j "$jobs" headers

# mm's Makefile would probe for liburing and write the answer into the source;
# this answer, found first, keeps it from that.
echo 'IOURING_EXTRA_LIBS =' >"$objects/mk/local_config.mk" ||
	die "cannot write to the cache $cache_dir"
# What is said on the command line goes before what mm's Makefile lists.
in_make "$tree/tools/testing/selftests" "$objects/install.log" "kselftest of $(kernel_version "$tree")" \
	-I "$objects/mk" -j "$jobs" install INSTALL_PATH="$new" TARGETS=mm FORCE_TARGETS=1 \
	USERLDFLAGS=-static \
	TEST_GEN_FILES="$objects/kselftest/mm/vma_lock_stress" \
	TEST_PROGS=ksft_vma_lock.sh TEST_FILES=run_vmtests.sh \
	TEST_GEN_PROGS='' TEST_GEN_PROGS_EXTENDED='' TEST_PROGS_EXTENDED='' \
	TEST_CUSTOM_PROGS='' TEST_GEN_MODS_DIR='' TEST_INCLUDES='' \
	LOCAL_HDRS="$tree/tools/testing/selftests/kselftest.h $mm/vma_lock_stress.h"

for file in run_kselftest.sh kselftest/runner.sh mm/ksft_vma_lock.sh mm/run_vmtests.sh mm/vma_lock_stress; do
	[ -x "$new/$file" ] || die "the installation lacks $file (log: $objects/install.log)"
done
[ "$(cat "$new/kselftest-list.txt")" = mm:ksft_vma_lock.sh ] ||
	die "the installation lists more or less than mm:ksft_vma_lock.sh (log: $objects/install.log)"
if [ -e "$out" ]; then
	mv -- "$out" "$old" || die "cannot replace $out"
fi
mv -- "$new" "$out" || die "cannot write $out"
note "selftests: $out"
