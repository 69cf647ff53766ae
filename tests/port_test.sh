#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The ported lock as a series of mails, and its tests that need no kernel.

. "$(dirname -- "$0")/lib.sh"

if ! source=$("$scripts/kernel-source.sh" 6.12 2>"$tmp/source.err"); then
	not_ok "a source of Linux 6.12" "$(tail -n 1 "$tmp/source.err")"
	done_testing
	exit
fi

check "the series of the newest 6.12 passes checkpatch" "$scripts/series.sh" "$source" "$tmp/series"
check "nobody signed it off" sh -c '! grep -l "^Signed-off-by:" "$1"/*.patch' sh "$tmp/series"
check "writing it again replaces it" "$scripts/series.sh" "$source" "$tmp/series"
touch "$tmp/series/mine"
refuses "a folder with something else in it" 'has other files than a series' \
	"$scripts/series.sh" "$source" "$tmp/series"
rm "$tmp/series/mine"
refuses "no kernel tree" 'is not a kernel source tree' "$scripts/series.sh" "$repo" "$tmp/none"
check "no kernel tree: nothing is left" test ! -e "$tmp/none"
refuses "a layer that is not there" "has no layer 'nothing'" \
	"$scripts/series.sh" "$source" "$tmp/none" nothing

refuses "steps of no kernel tree" 'is not a kernel source tree' "$scripts/series-steps.sh" "$repo" "$tmp/none"
refuses "steps that are no numbers" 'numbers of steps are needed' \
	env STEPS=first "$scripts/series-steps.sh" "$source" "$tmp/none"
refuses "steps with absurd seconds" 'a number of seconds' \
	env TIME=-1 "$scripts/series-steps.sh" "$source" "$tmp/none"
check "steps that cannot be: nothing is left" test ! -e "$tmp/none"

# mailed SOURCE SERIES DIR: git am takes the mails in a new repository of what they change.
mailed() {
	git init -q "$3" || return 1
	sed -n 's,^--- a/,,p' "$2"/*.patch | sort -u | while read -r file; do
		mkdir -p "$3/$(dirname "$file")" && cp "$1/$file" "$3/$file" || return 1
	done || return 1
	git -C "$3" add -A -f . || return 1
	git -C "$3" -c user.name=tester -c user.email=tester@localhost commit -qm stock || return 1
	# shellcheck disable=SC2046 # names without spaces
	git -C "$3" -c user.name=tester -c user.email=tester@localhost am -q \
		$(printf '%s\n' "$2"/*.patch | grep -v /0000-)
}

# The fixes for 7.x are mails, too, and are taken by a tree that has no history.
for version in 7.3 7.2; do
	newer=$("$scripts/kernel-source.sh" $version) || { not_ok "a source of $version"; continue; }
	check "the fixes for $version pass checkpatch" "$scripts/series.sh" "$newer" "$tmp/fixes" fixes
	check "the fixes for $version have their cover letter" sh -c '! grep -q "HERE [*]" "$1"/0000-*.patch' sh "$tmp/fixes"
	check "git am takes the fixes for $version" mailed "$newer" "$tmp/fixes" "$tmp/git-$version"
done

# git am must take it, and end where the layer of make run does.
"$scripts/overlay.sh" copy "$source" "$(cache_dir)/tree/$(basename "$source")+port" port >"$tmp/copy.out" 2>&1
ported=$(cache_dir)/tree/$(basename "$source")+port
check "git am takes the series" mailed "$source" "$tmp/series" "$tmp/git"
check "it is what make run PORT=1 builds" sh -ec '
	git -C "$1" ls-files | while read -r file; do
		# The wiring of the tests is not part of the series.
		case $file in MAINTAINERS | mm/Makefile) continue ;; mm/vma_lock.c)
			sed "/^\/\* vma-lock: exports/,\$d" "$2/$file" | cmp - "$1/$file" ;;
		*) cmp "$1/$file" "$2/$file" ;; esac
	done' sh "$tmp/git" "$ported"

# The other 6.12 sources that are here already, whichever they are.
for other in "$(cache_dir)"/source/linux-6.12.*; do
	[ -f "$other/Makefile" ] || continue
	[ "$other" != "$source" ] || continue
	check "the series fits ${other##*/}, too" "$scripts/series.sh" "$other" "$tmp/other"
done

# mm/vma.c and mm/vma_lock.c as a program, with address and undefined-behaviour checks.
if echo '#include <urcu.h>' | gcc -E - >/dev/null 2>&1; then
	mkdir "$tmp/tree"
	(cd "$ported" && cp -a --parents include lib mm tools/arch tools/include tools/lib \
		tools/testing/vma tools/testing/shared tools/testing/radix-tree "$tmp/tree/")
	check "tools/testing/vma builds" make -C "$tmp/tree/tools/testing/vma"
	check "tools/testing/vma passes" "$tmp/tree/tools/testing/vma/vma"
	# The same program with the lock broken: it must notice.
	mutant() {
		(cd "$tmp/tree" && cp "$ported/$2" "$2" && sed -i "$3" "$2" && ! cmp -s "$2" "$ported/$2" &&
			make -C tools/testing/vma) >"$tmp/mutant.out" 2>&1 || {
			not_ok "mutant: $1" "it does not build: $(tail -n 3 "$tmp/mutant.out")"
			return
		}
		if timeout 60 "$tmp/tree/tools/testing/vma/vma" >"$tmp/mutant.out" 2>&1; then
			not_ok "mutant: $1" "expected a failure, found: $(tail -n 1 "$tmp/mutant.out")"
		else
			ok "mutant: $1"
		fi
		cp "$ported/$2" "$tmp/tree/$2"
	}
	mutant "a new VMA is stored without being attached" mm/vma.h '/vma_mark_attached(vma);$/{x;s/^/x/;/^x\{2\}/{x;d};x}'
	mutant "a merge frees what it did not detach" mm/vma.c 's/vma_mark_detached(vp->remove);//'
	mutant "the last reader wakes nobody" include/linux/vma_lock.h 's/if (is_vma_writer_only(oldcnt - 1))/if (0)/'
	mutant "every reader wakes the writer" include/linux/vma_lock.h 's/ && refcnt <= VMA_LOCK_OFFSET + 1//'
	mutant "a detach does not wait" include/linux/vma_lock.h '/__vma_exclude_readers_for_detach(vma);$/s/.*/\t\t;/'
	mutant "a killed writer leaves its flag" mm/vma_lock.c 's/WARN_ON_ONCE(refcount_sub_and_test(VMA_LOCK_OFFSET, &vma->vm_refcnt));//'
	mutant "a wrapped sequence is left alone" mm/vma_lock.c 's/__vma_start_write(vma, mm->mm_lock_seq.sequence, TASK_UNINTERRUPTIBLE);//'
	mutant "the last lock of a round believes the round before" mm/vma_lock.c 's/__vma_start_write(vma, mm->mm_lock_seq.sequence, TASK_UNINTERRUPTIBLE);/vma_start_write(vma);/'
	mutant "readers are let in beyond the limit" mm/vma_lock.c 's/VMA_REF_LIMIT)))$/INT_MAX)))/'
	mutant "the VMA of another mm is taken" mm/vma_lock.c 's/if (unlikely(vma->vm_mm != mm))/if (0)/'
	mutant "a VMA that moved is taken" mm/vma_lock.c 's/if (likely(address >= vma->vm_start \&\& address < vma->vm_end))/if (1)/'
	mutant "an attached VMA is freed" include/linux/vma_lock.h 's/^\treturn false;/\treturn true;/'
	mutant "attaching twice starts anew" include/linux/vma_lock.h '/VMA_LOCK_ATTACHED_TWICE);/{n;d}'
	mutant "a detach need not be write-locked" include/linux/vma_lock.h 's/vma_lock_report(vma, VMA_LOCK_DETACHED_UNLOCKED)/;/'
	mutant "each misuse is reported each time" mm/vma_lock.c 's/if (test_and_set_bit(violation, &vma_lock_reported))/if (0)/'
else
	skip "tools/testing/vma" "no urcu.h here (Debian: liburcu-dev)"
fi
done_testing
