#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The models: all verdicts as expected, and noticing what would make them worthless.

. "$(dirname -- "$0")/lib.sh"
litmus=$repo/tools/memory-model/litmus-tests/vma-lock

# Every edge has a weakened form that must fail, or is known to fail as it is.
alone=$(cd "$litmus" && for file in *.litmus; do
	case $file in *+*) continue ;; esac
	set -- "${file%.litmus}"+*.litmus
	[ -f "$1" ] || echo "$file has no weakened form"
	if grep -q 'Result: Sometimes' "$file" && ! grep -q 'Known weakness' "$file"; then
		echo "$file is expected to fail, and does not say which weakness that is"
	fi
done)
if [ -z "$alone" ]; then ok "every edge has its weakened forms"; else not_ok "every edge has its weakened forms" "$alone"; fi
wrong=$(cd "$litmus" && for file in *.litmus hardware/*.litmus; do
	case $file in
	*+fixed*) grep -q 'Result: Never$' "$file" ;;
	*+*) grep -q 'Result: Sometimes' "$file" ;;
	*) grep -q 'Result: [NS]' "$file" ;;
	esac || echo "$file"
	[ "$(sed -n '1s/^[^ ]* //p' "$file")" = "$(basename "$file" | sed 's/[.][A-Za-z0-9]*[.]litmus$//; s/[.]litmus$//')" ] ||
		echo "$file has another name inside"
done)
if [ -z "$wrong" ]; then ok "fixed forms hold, weakened ones do not, names agree"; else not_ok "fixed forms hold, weakened ones do not, names agree" "$wrong"; fi

# What no longer fits is told.
# take_part SOURCE FUNCTIONS: the files of a source that the steps are in, as $small.
take_part() {
	small=$tmp/linux-$(basename "$2")
	for file in Makefile Kbuild mm/Kconfig $(sed -n '/^[a-z]/s/[[:space:]].*//p' "$2" | sort -u); do
		mkdir -p "$small/$(dirname "$file")"
		cp "$1/$file" "$small/$file"
	done
	chmod -R u+w "$small"
}
source=$("$scripts/kernel-source.sh" 7.3) || { not_ok "a source of 7.3"; done_testing; exit 1; }
take_part "$source" "$repo/models/steps/functions"
lineage=7.x
check "the steps of 7.3 are the models'" "$scripts/models-steps.sh" "$small" $lineage

# drifts WHAT PATTERN FILE SED: the difference must be shown, and nothing else told.
drifts() {
	cp "$small/$3" "$tmp/kept"
	sed "$4" "$tmp/kept" >"$small/$3"
	if cmp -s "$tmp/kept" "$small/$3"; then
		not_ok "$1 is noticed" "the mutation changes nothing in $3"
	elif "$scripts/models-steps.sh" "$small" "$lineage" >"$tmp/drift" 2>&1; then
		not_ok "$1 is noticed" "expected a difference, found none"
	elif ! grep -q -e "$2" "$tmp/drift"; then
		not_ok "$1 is noticed" "expected '$2', found: $(cat "$tmp/drift")"
	else
		ok "$1 is noticed"
	fi
	cp "$tmp/kept" "$small/$3"
}
drifts "a relaxed increment" '^+__refcount_add_not_zero_limited_acquire: atomic_try_cmpxchg_relaxed' \
	include/linux/refcount.h 's/atomic_try_cmpxchg_acquire/atomic_try_cmpxchg_relaxed/'
drifts "an attach without RELEASE" '^+vma_mark_attached: refcount_set vm_refcnt' \
	include/linux/mmap_lock.h 's/refcount_set_release(/refcount_set(/'
drifts "a mark that comes after the flag is off" '^-__vma_start_write: WRITE_ONCE vm_lock_seq' \
	mm/mmap_lock.c '/WRITE_ONCE(vma->vm_lock_seq/d'
drifts "a lost barrier of the seqcount" '^-do_raw_write_seqcount_end: smp_wmb' \
	include/linux/seqlock.h '/^static inline void do_raw_write_seqcount_end(/,/^}/{/smp_wmb/d}'
drifts "a lost barrier of the wake-up" '^-rcuwait_wake_up: smp_mb' kernel/exit.c '/smp_mb(); .* (B)/d'
drifts "vm_mm read after the drop" '^-vma_refcount_put: vm_mm' include/linux/mmap_lock.h \
	'/^static inline void vma_refcount_put(/,/^}/s/ = vma->vm_mm;/;/'
drifts "a step that is new" '^+vma_end_read: smp_mb' include/linux/mmap_lock.h \
	'/^static inline void vma_end_read(/,/^}/s/^{/{ smp_mb();/'
drifts "a function that is gone" '^+__vma_start_exclude_readers: is not in mm/mmap_lock.c' \
	mm/mmap_lock.c 's/__vma_start_exclude_readers(/__vma_keep_readers_out(/'
drifts "a step of the wait in a comment only" '^-___rcuwait_wait_event: set_current_state' \
	include/linux/rcuwait.h 's,^\([[:space:]]*\)set_current_state(state);,\1/* set_current_state(state); */,'

source=$("$scripts/kernel-source.sh" 6.12) || { not_ok "a source of 6.12"; done_testing; exit 1; }
ported=$(cache_dir)/tree/$(basename "$source")+port
check "6.12 takes the port" "$scripts/overlay.sh" copy "$source" "$ported" port
take_part "$ported" "$repo/models/steps/6.12+port.functions"
lineage=6.12+port
check "the steps of the port are the models'" "$scripts/models-steps.sh" "$small" $lineage
drifts "the port: a wait that ends without ACQUIRE" '^+count_acquire: refcount_read vm_refcnt' \
	mm/vma_lock.c 's/atomic_read_acquire(&vma->vm_refcnt.refs)/refcount_read(\&vma->vm_refcnt)/'
drifts "the port: the seqcount's barrier is lost" '^-mm_lock_seqcount_end: smp_wmb' \
	include/linux/mmap_lock.h '/^static inline void mm_lock_seqcount_end(/,/^}/{/smp_wmb/d}'
drifts "the port: an old sequence stays" '^-mm_lock_seqcount_begin: __vma_start_write_all' \
	include/linux/mmap_lock.h '/__vma_start_write_all(mm);$/d'

# Bad input.
refuses "an unknown part" "is no part of the models" "$scripts/models.sh" coq
refuses "an unknown kernel" "7.99" env KVER=7.99 "$scripts/models.sh" steps
refuses "no kernel tree" "not a kernel source tree" env KDIR="$tmp" "$scripts/models.sh" steps
refuses "a lock that is a semaphore" "PORT=1 is needed" env KVER=6.12 "$scripts/models.sh" steps
refuses "a port of a kernel that needs none" "PORT=1 is for 6.12" env KVER=7.3 PORT=1 "$scripts/models.sh" steps
refuses "fixes of a kernel that has none" "PORT=1 is needed" env KVER=6.12 FIXES=1 "$scripts/models.sh" steps
refuses "no job at a time" "JOBS=0: a number" env JOBS=0 "$scripts/models.sh" steps
refuses "-n without a pattern" "needs a regular expression" "$scripts/models.sh" -n
refuses "a tool that is none" "none of herd7" "$scripts/models-tools.sh" tla
refuses "no such lineage" "no steps are known" "$scripts/models-steps.sh" "$small" 5.x
refuses "a pattern that matches nothing" "matches no edge" "$scripts/models.sh" -n nothing-like-this spin
mkdir "$tmp/empty"
if VMA_LOCK_CACHE=$tmp/empty DEBIAN_MIRROR=http://127.0.0.1:9 "$scripts/models-tools.sh" herd7 >/dev/null 2>&1; then
	skip "a missing tool is named" "herd7 is installed here"
elif VMA_LOCK_CACHE=$tmp/empty DEBIAN_MIRROR=http://127.0.0.1:9 "$scripts/models.sh" hardware >"$tmp/out" 2>"$tmp/err"; then
	not_ok "a missing tool is named" "expected a failure, found: $(cat "$tmp/out")"
else
	check "a missing tool is named" grep -q 'SKIP hardware: .*no answer from Debian' "$tmp/err"
fi
refuses "results that cannot be kept" "cannot create the results folder /proc/none" \
	env RESULTS=/proc/none "$scripts/models.sh" -n '^attach$' litmus
refuses "no directory for temporary files" "cannot create a directory in $tmp/none" \
	env TMPDIR="$tmp/none" "$scripts/models.sh" -n '^attach$' litmus
mkdir "$tmp/full"
if unshare -m true 2>/dev/null; then
	refuses "a full disk" "full has . MiB free, the models need 100" unshare -m sh -ec '
		mount -t tmpfs -o size=1m none "$2"
		TMPDIR=$2 exec "$1" -n "^attach$" litmus' sh "$scripts/models.sh" "$tmp/full"
else
	skip "a full disk" "needs root for a mount of its own"
fi

# Interrupted in the middle of a search: neither the process nor the files stay.
searches() {
	find /proc/[0-9]*/exe -lname "$tmp/interrupted/*" 2>/dev/null
}
mkdir "$tmp/interrupted"
TMPDIR=$tmp/interrupted setsid "$scripts/models.sh" -n '^two-readers$' spin >"$tmp/out" 2>&1 &
pid=$!
while kill -0 $pid 2>/dev/null && [ -z "$(searches)" ]; do
	sleep 0.1
done
kill -s TERM $pid
wait $pid
status=$?
check "SIGTERM gives a status that says so" test $status -eq 143
check "SIGTERM ends the search" test -z "$(searches)"
check "SIGTERM leaves no file" sh -c '! ls "$1" | grep .' sh "$tmp/interrupted"
if DEPTH=60 "$scripts/models.sh" -n '^one-reader$' spin >"$tmp/out" 2>&1; then
	not_ok "a truncated search is an error" "expected a failure, found: $(cat "$tmp/out")"
else
	check "a truncated search is an error" grep -q 'truncated search' "$tmp/out"
fi

# The whole of it. What cannot be had is skipped, by name.
"$scripts/models.sh" >"$tmp/out" 2>"$tmp/err"
status=$?
sed 's/^/# /' "$tmp/out"
grep '^SKIP' "$tmp/err" >"$tmp/skips"
while read -r _ what; do
	skip "models: ${what%%:*}" "${what#*: }"
done <"$tmp/skips"
if [ $status -eq 0 ]; then
	ok "all verdicts are as expected"
else
	not_ok "all verdicts are as expected" "status $status: $(tail -n 5 "$tmp/err")"
fi
done_testing
