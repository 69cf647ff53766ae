#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The counters in the lock's branches: each put in once, or a clear refusal. What
# they count is for the suite vma_lock_branches, which kernels_test.sh boots.

. "$(dirname -- "$0")/lib.sh"
"$scripts/packages.sh" run >/dev/null 2>&1

# sample SOURCE DEST: as much of a kernel as the layers look at.
sample() {
	mkdir "$2"
	(cd "$1" && tar -cf - Makefile Kbuild MAINTAINERS mm arch/um include/linux kernel/fork.c fs/proc \
		Documentation/mm tools/testing/selftests/mm tools/testing/kunit tools/testing/vma) | tar -xf - -C "$2"
}

# once NAME...: in all of the copy, each is counted in one place. R2 to R4 and W1
# to D3 are told apart in functions of their own.
once() {
	for _text; do
		# The port keeps the lock in files of its own.
		_n=$(cat "$copy/mm/mmap_lock.c" "$copy/mm/memory.c" "$copy/include/linux/mmap_lock.h" "$copy/include/linux/mm.h" \
			"$copy/mm/vma_lock.c" "$copy/include/linux/vma_lock.h" 2>/dev/null | grep -cF -e "$_text")
		[ "$_n" -eq 1 ] || { echo "$_text: expected once, found $_n times"; return 1; }
	done
}

for series in "$repo"/port/*/coverage.series; do
	version=$(basename "$(dirname "$series")")
	layers=coverage
	names="R0 R1 R5 R6 R7 R8 N1 N2 N3 N4 W3 W4 D1 D2 P1"
	if [ "$version" = 6.12 ]; then
		layers="port coverage"
		names="R0 R1 R5 R6 R7 R8 W3 W4 D1 D2 P1"
	fi
	if ! source=$("$scripts/kernel-source.sh" "$version" 2>"$tmp/err"); then
		not_ok "$version: counters" "no source: $(tail -n 1 "$tmp/err")"
		continue
	fi
	tree=$tmp/linux-$version
	copy=$tmp/copy-$version
	sample "$source" "$tree"
	# shellcheck disable=SC2086 # a list of words
	check "$version: the counters are put in" "$scripts/overlay.sh" copy "$tree" "$copy" $layers
	# shellcheck disable=SC2046,SC2086 # a list of words
	check "$version: each in one place" once $(printf 'vma_lock_branch(VMA_LOCK_BRANCH_%s) ' $names | tr ' ' '\n') \
		'vma_lock_branch_refused(' 'vma_lock_branch_wait(' 'vma_lock_branch_excluded(' 'vma_lock_branch_fault('
	check "$version: there is a debugfs to read them from" awk '
		/^config / { lock = $2 == "PER_VMA_LOCK" } lock && /select DEBUG_FS/ { found = 1 }
		END { exit !found }' "$copy/mm/Kconfig"
	check "$version: their file is built" grep -q 'vma_lock_branches[.]o' "$copy/mm/Makefile"
	[ ! -f "${series%/*}/fixes.series" ] ||
		check "$version: put in beside the fixes" "$scripts/overlay.sh" copy "$tree" "$tmp/fixed-$version" fixes coverage
	touch -d '1 hour ago' "$copy/mm/mmap_lock.c"
	stat -c %Y "$copy/mm/mmap_lock.c" >"$tmp/time"
	# shellcheck disable=SC2086 # a list of words
	check "$version: put in again" "$scripts/overlay.sh" copy "$tree" "$copy" $layers
	check "$version: put in again, and nothing changed" test "$(stat -c %Y "$copy/mm/mmap_lock.c")" = "$(cat "$tmp/time")"
done

tree=$tmp/linux-7.3
if [ -d "$tree" ]; then
	# A lock that changed: a step that is gone, and one that is there twice.
	cp "$tree/mm/mmap_lock.c" "$tmp/lock.c"
	sed 's/PTR_ERR(vma) == -EAGAIN/PTR_ERR(vma) == -ENOENT/' "$tmp/lock.c" >"$tree/mm/mmap_lock.c"
	refuses "a step that is gone: names rule and file" \
		"next.cocci put .*BRANCH_N1.* 0 times into mm/mmap_lock.c" "$scripts/overlay.sh" copy "$tree" "$tmp/copy-gone" coverage
	cp "$tmp/lock.c" "$tree/mm/mmap_lock.c"
	sed -i 's/^\tmm_account_fault(mm, regs, address, flags, ret);/&\n&/' "$tree/mm/memory.c"
	refuses "a step that is there twice: names rule and file" \
		"fault.cocci put .*vma_lock_branch_fault.* 2 times into mm/memory.c" "$scripts/overlay.sh" copy "$tree" "$tmp/copy-twice" coverage
	refuses "peers without the counters" 'does not count the transitions' "$scripts/peers.sh" "$tree" "$tmp" 5
fi
refuses "peers: no number of seconds" 'a number of seconds' "$scripts/peers.sh" "$tmp" "$tmp" soon
refuses "peers in the guest: no number of seconds" 'a number of seconds' "$scripts/peers-guest.sh" soon
refuses "stress-ng: no suite" 'is no suite' "$scripts/stress-ng.sh" 7.3
refuses "stress-ng: no network" 'no answer from Debian.s archive .*do without' \
	env VMA_LOCK_CACHE="$tmp/cache" DEBIAN_MIRROR=http://127.0.0.1:9 "$scripts/stress-ng.sh" trixie
check "stress-ng: no network: nothing half-done" sh -c '! find "$1" -name "*.partial" | grep .' sh "$tmp/cache"
done_testing
