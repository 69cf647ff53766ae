#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Into a tree and out of it again, for every kernel under port/.

. "$(dirname -- "$0")/lib.sh"
# An ordinary user must get at the trees, too.
chmod 755 "$tmp"

# digest TREE: names, modes and contents of all files.
digest() {
	(cd "$1" && find . -type f -printf '%m %P\n' | sort -k2 &&
		find . -type d | sort && find . -type f -print0 | sort -z | xargs -0 sha256sum)
}

# sample SOURCE DEST: as much of a kernel as the overlay looks at.
sample() {
	mkdir "$2"
	(cd "$1" && tar -cf - Makefile Kbuild MAINTAINERS mm arch/um include/linux/mm_types.h \
		tools/testing/selftests/mm tools/testing/kunit) | tar -xf - -C "$2"
}

for port in "$repo"/port/[0-9]*.[0-9]*; do
	version=${port##*/}
	if ! source=$("$scripts/kernel-source.sh" "$version" 2>"$tmp/err"); then
		not_ok "$version: install and uninstall" "no source: $(tail -n 1 "$tmp/err")"
		continue
	fi
	tree=$tmp/linux-$version
	sample "$source" "$tree"
	digest "$tree" >"$tmp/before"
	check "$version: install" "$scripts/overlay.sh" install "$tree"
	check "$version: the wrapper is in TEST_PROGS" grep -q 'TEST_PROGS += ksft_vma_lock.sh' "$tree/tools/testing/selftests/mm/Makefile"
	check "$version: the category is in run_vmtests.sh" grep -q 'CATEGORY="vma_lock" run_test' "$tree/tools/testing/selftests/mm/run_vmtests.sh"
	digest "$tree" >"$tmp/installed"
	check "$version: install again" "$scripts/overlay.sh" install "$tree"
	digest "$tree" >"$tmp/again"
	check "$version: the second install changed nothing" cmp "$tmp/installed" "$tmp/again"
	check "$version: uninstall" "$scripts/overlay.sh" uninstall "$tree"
	digest "$tree" >"$tmp/after"
	check "$version: uninstall left no trace" diff "$tmp/before" "$tmp/after"
	check "$version: uninstall again" "$scripts/overlay.sh" uninstall "$tree"

	# The copy: the source stays as it is, an edit arrives, a lost file goes.
	check "$version: copy" "$scripts/overlay.sh" copy "$tree" "$tmp/copy-$version"
	digest "$tree" >"$tmp/after"
	check "$version: copy left its source alone" diff "$tmp/before" "$tmp/after"
	touch -d '1 hour ago' "$tmp/copy-$version/tools/testing/selftests/mm/Makefile"
	stat -c %Y "$tmp/copy-$version/tools/testing/selftests/mm/Makefile" >"$tmp/time"
	sed 's/obj-y/obj-y /' "$tree/mm/Makefile" >"$tmp/edited" && mv "$tmp/edited" "$tree/mm/Makefile"
	rm "$tree/mm/mincore.c"
	check "$version: refresh the copy" "$scripts/overlay.sh" copy "$tree" "$tmp/copy-$version"
	check "$version: an edit arrived" grep -q 'obj-y ' "$tmp/copy-$version/mm/Makefile"
	check "$version: a removed file went" test ! -e "$tmp/copy-$version/mm/mincore.c"
	check "$version: what did not change kept its time" test \
		"$(stat -c %Y "$tmp/copy-$version/tools/testing/selftests/mm/Makefile")" = "$(cat "$tmp/time")"
done

# Where hard links cannot go: a tree mounted read-only.
if [ -d "$tmp/linux-7.2" ] && [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	check "a read-only tree on another mount: copy" unshare -m sh -ec '
		mount --bind "$2" "$2"; mount -o remount,ro,bind "$2"
		"$1" copy "$2" "$3"' sh "$scripts/overlay.sh" "$tmp/linux-7.2" "$tmp/copy-ro"
	check "a read-only tree on another mount: the copy has the tests" test -f "$tmp/copy-ro/mm/tests/vma_lock_kunit.c"
else
	skip "a read-only tree on another mount: copy" "needs root for a mount of its own"
fi

# A tree that was built in place, and no git to tell source from product.
if [ -d "$tmp/linux-7.2" ]; then
	touch "$tmp/linux-7.2/.config"
	refuses "a tree that was built in place" "run 'make mrproper' there" \
		"$scripts/overlay.sh" copy "$tmp/linux-7.2" "$tmp/copy-built"
	(cd "$tmp/linux-7.2" && git init -q . && echo .config >.gitignore && git add -A .) >/dev/null 2>&1
	check "a git checkout that was built in place: copy" "$scripts/overlay.sh" copy "$tmp/linux-7.2" "$tmp/copy-git"
	check "a git checkout that was built in place: no product was copied" test ! -e "$tmp/copy-git/.config"
fi

# A tree that does not fit is left alone.
if [ -d "$tmp/linux-7.3" ]; then
	tree=$tmp/linux-7.3
	sed '/ksft_vma_merge/d' "$tree/tools/testing/selftests/mm/Makefile" >"$tmp/edited" &&
		mv "$tmp/edited" "$tree/tools/testing/selftests/mm/Makefile"
	digest "$tree" >"$tmp/before"
	refuses "a tree that does not fit: names rule and file" \
		'port/7.3/wiring.patch does not fit .*selftests/mm/Makefile' "$scripts/overlay.sh" install "$tree"
	digest "$tree" >"$tmp/after"
	check "a tree that does not fit: left alone" diff "$tmp/before" "$tmp/after"
	if [ "$(id -u)" -ne 0 ]; then
		chmod -R a-w "$tree"
		refuses "install: a read-only tree" 'read-only' "$scripts/overlay.sh" install "$tree"
	else
		chmod -R a-w "$tree"
		refuses "install: a read-only tree" 'read-only' setpriv --reuid=65534 --clear-groups "$scripts/overlay.sh" install "$tree"
	fi
fi

# Layers, in a clone with two of its own: one that fits, one that misses its step.
if [ -d "$tmp/linux-7.2" ]; then
	mkdir "$tmp/clone"
	cp -a "$repo/scripts" "$repo/port" "$repo/mm" "$repo/tools" "$tmp/clone"
	mkdir -p "$tmp/clone/port/7.2/own/mm"
	echo '/* SPDX-License-Identifier: GPL-2.0 */' >"$tmp/clone/port/7.2/own/mm/own.h"
	printf 'files\tmm\town\ncocci\town.cocci\tmm/mmap_lock.c\n' >"$tmp/clone/port/7.2/own.series"
	printf 'cocci\tmissed.cocci\tmm/mmap_lock.c\n' >"$tmp/clone/port/7.2/missed.series"
	printf '@@\n@@\n- lock_vma_under_rcu\n+ own_lookup\n  (...) { ... }\n' >"$tmp/clone/port/7.2/own.cocci"
	printf '@@\n@@\n- no_such_function(...);\n' >"$tmp/clone/port/7.2/missed.cocci"
	"$scripts/packages.sh" run >/dev/null 2>&1
	(cd "$tmp/linux-7.2" && rm -rf .git .config)
	check "a layer: copy" "$tmp/clone/scripts/overlay.sh" copy "$tmp/linux-7.2" "$tmp/copy-own" own
	check "a layer: its file is there" test -f "$tmp/copy-own/mm/own.h"
	check "a layer: its rule was applied" grep -q own_lookup "$tmp/copy-own/mm/mmap_lock.c"
	check "a layer: the copy without it has not the rule" sh -c \
		'! grep -q own_lookup "$1"' sh "$tmp/copy-7.2/mm/mmap_lock.c"
	refuses "a rule that matches nothing: names rule and file" \
		'port/7.2/missed.cocci matches nothing in mm/mmap_lock.c' \
		"$tmp/clone/scripts/overlay.sh" copy "$tmp/linux-7.2" "$tmp/copy-missed" own missed
	refuses "an unknown layer: names those there are" "no layer 'moon' .*own" \
		"$tmp/clone/scripts/overlay.sh" copy "$tmp/linux-7.2" "$tmp/copy-moon" moon
fi

mkdir "$tmp/empty" "$tmp/old" "$tmp/old/mm"
touch "$tmp/old/Kbuild" "$tmp/old/mm/Kconfig"
printf 'VERSION = 6\nPATCHLEVEL = 1\n' >"$tmp/old/Makefile"
refuses "install: no such directory" 'no such directory' "$scripts/overlay.sh" install "$tmp/none"
refuses "install: not a kernel tree" 'not a kernel source tree' "$scripts/overlay.sh" install "$tmp/empty"
refuses "install: a kernel without the lock" 'Linux 6.1 .*has no per-VMA lock' "$scripts/overlay.sh" install "$tmp/old"
refuses "run: not a kernel tree" 'not a kernel source tree' env KDIR="$tmp/empty" VMA_LOCK_CACHE="$tmp/cache" "$scripts/run.sh"
refuses "run: a kernel without the lock" 'Linux 6.1 .*has no per-VMA lock' env KDIR="$tmp/old" VMA_LOCK_CACHE="$tmp/cache" "$scripts/run.sh"
refuses "make install without KDIR" 'needs KDIR=' make -s -C "$repo" install KDIR=
done_testing
