#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The main job on every kernel under port/, newest first: KUnit on UML and on
# x86_64 with one and with two CPUs, the stress in the guest.

. "$(dirname -- "$0")/lib.sh"
"$scripts/packages.sh" run check || exit 1
rm -rf "$repo/results/check"

# static_clean TREE: our KUnit sources under sparse and W=1, in the UML build.
# Debian's sparse does not know __typeof_unqual__ yet, and takes the kernel's own
# MODULE_*() lines for bad constant expressions; everything else counts.
static_clean() {
	touch "$1"/mm/tests/vma_lock*.c
	make -C "$1" -s ARCH=um O="$(cache_dir)/build/$(basename "$1")/um" C=2 W=1 \
		CHECK="sparse -D__typeof_unqual__=__typeof__" mm/tests/ >"$tmp/static.out" 2>&1 || {
		cat "$tmp/static.out"
		return 1
	}
	grep -E 'mm/tests/.*(error|warning):' "$tmp/static.out" | while IFS=: read -r file line rest; do
		sed -n "${line}p" "$file" | grep -qE '^(MODULE_|module_param|VMA_LOCK_IMPORT_KUNIT_NS)' ||
			printf '%s:%s:%s\n' "$file" "$line" "$rest"
	done >"$tmp/static.left"
	cat "$tmp/static.left"
	[ ! -s "$tmp/static.left" ]
}

newest=
for version in $(cd "$repo/port" && printf '%s\n' [0-9]*.[0-9]* | sort -rV); do
	results=$repo/results/check/$version
	stages="um x86_64 guest"
	[ "$version" != 6.12 ] || stages=guest
	# The newest is what the other tests need. An older one leaves room for them.
	if [ -n "$newest" ] && ! affords "$version: $stages" 7; then
		if [ "$version" != 6.12 ] && affords "$version: um" 5; then
			check "$version: um" env KDIR= KVER="$version" STAGES=um RESULTS="$results" "$scripts/run.sh"
		fi
		continue
	fi
	check "$version: $stages" env KDIR= KVER="$version" STAGES="$stages" RESULTS="$results" "$scripts/run.sh"
	sed -n 's/^/# /p' "$results/summary.txt" 2>/dev/null
	note_build "$(awk '$1 == "kunit-um-build" { print $4 }' "$results/stages")"
	newest=${newest:-$version}
	tree=$(cache_dir)/tree/$(basename "$("$scripts/kernel-source.sh" "$version")")
	check "$version: every scenario is in the guest's log" all_scenarios \
		"$(cache_dir)/build/$(basename "$tree")/x86_64/selftests/mm/vma_lock_stress" "$results/stress-guest.log"
	check "$version: the lock was taken" grep -q 'vma-lock guest: vma_lock_success [1-9]' "$results/stress-guest.log"
	[ "$version" != 6.12 ] || continue
	check "$version: sparse and W=1 have nothing to say" static_clean "$tree"
	# What sparse compiled anew is built again.
	check "$version: KUnit on um with one CPU" env CPUS=1 "$scripts/kunit.sh" "$tree" "$results" um
	check "$version: KUnit on x86_64 with one CPU" env CPUS=1 CONFIG=guest BOOT_ONLY=1 "$scripts/kunit.sh" "$tree" "$results" x86_64
done

# With a counter in every branch: the suites take all of the lock's transitions,
# but for the one that takes a fault of user space.
# moved LOG: no transition that KUnit left out.
moved() {
	sed -n 's/.*vma_lock_branches_total: transitions: //p' "$1" | tr ' ' '\n' | paste - - |
		awk '{ n++ } $2 == 0 && $1 != "F1" { print "not once: " $1; bad = 1 }
			END { if (n != 22) print "expected 22 transitions, found " n; exit bad || n != 22 }'
}

results=$repo/results/check/coverage
affords "KUnit with a counter in every branch of the lock" 5 || { done_testing; exit; }
check "KUnit with a counter in every branch of the lock" env KDIR= KVER= COVERAGE=1 STAGES=um RESULTS="$results" "$scripts/run.sh"
check "KUnit takes every transition of the lock" moved "$results/kunit-um.log"
done_testing
