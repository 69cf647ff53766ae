#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Mutants: the rules fit every kernel they are for, what does not fit is named,
# consoles are judged right, and KUnit kills what it must, on UML.

. "$(dirname -- "$0")/lib.sh"
"$scripts/packages.sh" run || exit 1
rm -rf "$repo/results/check-mutants"
tab=$(printf '\t')

refuses "mutants.sh without arguments" "wrong arguments" "$scripts/mutants.sh"
mkdir "$tmp/empty"
refuses "a tree without mutants" "overlay it with the layer mutants" "$scripts/mutants.sh" "$tmp/empty" "$tmp"
refuses "an unknown tool" "'fuzz' is none of" env TOOLS=fuzz "$scripts/mutants.sh" "$tmp/empty" "$tmp"
refuses "LTP's mmap1 without LTP" "LTP_DIR= is not where" env TOOLS=mmap1 LTP_DIR= "$scripts/mutants.sh" "$tmp/empty" "$tmp"
refuses "no seconds" "a number of seconds" env EACH=1m "$scripts/mutants.sh" "$tmp/empty" "$tmp"

# The header of a rule is what the documents and the report read.
bad=
for rule in "$repo"/mutants/*.cocci; do
	for field in breaks symptom file 'noticed by\|equivalent'; do
		grep -q "^// \\($field\\):$tab" "$rule" || bad="$bad ${rule##*/}:$field"
	done
	grep -q "VMA_LOCK_MUTANT_$(basename "$rule" .cocci | tr - _)\\>" "$rule" || bad="$bad ${rule##*/}:number"
done
if [ -z "$bad" ]; then ok "every rule says what it breaks"; else not_ok "every rule says what it breaks" "$bad"; fi
bad=
for rule in "$repo"/mutants/*/*.cocci; do
	[ -f "$repo/mutants/${rule##*/}" ] || bad="$bad ${rule#"$repo/"}"
done
if [ -z "$bad" ]; then ok "a kernel's own spelling is one of a rule"; else not_ok "a kernel's own spelling is one of a rule" "$bad"; fi
count=$(grep -L '^// equivalent:' "$repo"/mutants/*.cocci | wc -l)
check "at least 60 mutants are none of the equivalent ones: $count" test "$count" -ge 60

# sample SOURCE DEST VERSION: what the rules look at.
sample() {
	mkdir -p "$2"
	(cd "$1" && "$scripts/mutants-apply.sh" files "$3" | grep -v vma_lock_mutants.h | tar -cf - -T -) | tar -xf - -C "$2"
}

for version in 6.12 7.2 7.3; do
	if ! source=$("$scripts/kernel-source.sh" "$version" 2>"$tmp/err"); then
		not_ok "$version: the rules fit" "no source: $(tail -n 1 "$tmp/err")"
		continue
	fi
	if [ "$version" = 6.12 ]; then
		ported=$(cache_dir)/tree/$(basename "$source")+port
		check "6.12 gets its lock" "$scripts/overlay.sh" copy "$source" "$ported" port
		refuses "6.12 without the port has nothing to break" "only with PORT=1" \
			env KDIR= KVER=6.12 PORT= STAGES=mutants "$scripts/run.sh"
		source=$ported
	fi
	sample "$source" "$tmp/$version" "$version"
	check "$version: each rule matches its step and nothing else" \
		"$scripts/mutants-apply.sh" apply "$version" "$tmp/$version" "$source"
done

# A kernel in which one function moved, and one step is there twice.
source=$("$scripts/kernel-source.sh" 7.3)
sample "$source" "$tmp/moved" 7.3
sed -i 's/get_target_refcnt/get_wanted_refcnt/' "$tmp/moved/mm/mmap_lock.c"
awk '{ print } /^\tmm_lock_seqcount_begin\(mm\);/ && !n++ { print }' "$tmp/moved/include/linux/mmap_lock.h" >"$tmp/twice"
mv "$tmp/twice" "$tmp/moved/include/linux/mmap_lock.h"
rm "$tmp/moved/mm/mlock.c"
refuses "a moved function is an error" "rules do not fit" \
	"$scripts/mutants-apply.sh" apply 7.3 "$tmp/moved" "$source"
for line in 'mutants/tgt-swap.cocci matches nothing in mm/mmap_lock.c' \
	'mutants/tgt-one.cocci matches nothing in mm/mmap_lock.c' \
	'mutants/begin-lost.cocci matches more than once in include/linux/mmap_lock.h' \
	'has no mm/mlock.c, which these rules name: mutants/mlock-nolock.cocci'; do
	check "it says: $line" grep -qF "$line" "$tmp/refuse.err"
done
mkdir "$tmp/bin"
for tool in sh sed awk grep sort cut tr wc cat mktemp rm mkdir dirname basename paste env cp mv printf head; do
	path=$(command -v $tool) && case $path in /*) ln -sf "$path" "$tmp/bin/$tool" ;; esac
done
refuses "without spatch it says what to install" "apt-get install coccinelle" \
	env PATH="$tmp/bin" sh "$scripts/mutants-apply.sh" apply 7.3 "$tmp/7.3" "$source"

# judged NAME VERDICT PATTERN STATUS: of the console on stdin.
judged() {
	cat >"$tmp/console"
	"$scripts/mutants.sh" --judge "$tmp/console" "$4" >"$tmp/verdict" 2>&1
	check "console of $1: $2" grep -q "^$2$tab.*$3" "$tmp/verdict"
}

judged "a failed parameter" killed "found refused" 0 <<'END'
        # Subtest: vma_lock_transition
    # vma_lock_transition: EXPECTATION FAILED at mm/tests/vma_lock_kunit.c:1
    Expected found == cell->outcome, but
        found == 2 (0x2)
state attached, idle: lockless read: expected granted, found refused
        not ok 13 attached, idle: lockless read
END
judged "an oops" crashed "unable to handle" 0 <<'END'
    ok 1 vma_lock_init_is_detached
[    3.1] BUG: unable to handle page fault for address: fffffffffffffff5
[    3.2] Kernel panic - not syncing: Fatal exception
END
judged "an oops, and the suite's last words" killed "vma_lock_transition.*state detached.*found the kernel faulting" 0 <<'END'
    # Subtest: vma_lock
    ok 1 vma_lock_init_is_detached
        # Subtest: vma_lock_transition
Kernel panic - not syncing: Segfault with no mm
    # vma_lock: state detached: lockless read: expected an answer, found the kernel faulting
END
judged "a hang" hung "" 124 <<'END'
    ok 1 vma_lock_init_is_detached
END
judged "a splat, and then a hang" warned "lock held when returning" 124 <<'END'
[   57.9] WARNING: lock held when returning to user space!
[  137.9] INFO: task timeout:472 blocked for more than 61 seconds.
END
judged "a hang that the kernel noticed late" hung "blocked for more" 124 <<'END'
[  137.9] INFO: task timeout:472 blocked for more than 61 seconds.
END
judged "a case that failed and then hung" killed "expected it to end" 124 <<'END'
    # vma_lock_wait_write: EXPECTATION FAILED at mm/tests/vma_lock_kunit.c:1
state 1 reader: writer: expected it to end, found it waiting at count FLAG+2
END
judged "a splat that no test saw" warned "suspicious RCU usage" 0 <<'END'
    ok 1 vma_lock_init_is_detached
WARNING: suspicious RCU usage
vma_lock_mutant: rcu_leak was reached
reboot: Restarting system
END
judged "a survivor" survived "" 0 <<'END'
    ok 1 vma_lock_init_is_detached
vma_lock_mutant: put_zero was reached
reboot: Restarting system
END
judged "one that nobody met" unreached "" 0 <<'END'
    ok 1 vma_lock_init_is_detached
vma_lock_mutant: put_zero was never reached
reboot: Restarting system
END

# KUnit against all of them, or as many as there is time for. The healthy kernel comes
# first, by itself.
results=$repo/results/check-mutants
rows=$(cache_dir)/mutants/$(basename "$source")+mutants/um
affords "7.3: KUnit on UML notices the mutants" 3 || { done_testing; exit; }
"$scripts/mutants-apply.sh" names 7.3 >"$tmp/names"
total=$(wc -l <"$tmp/names")

# against NAME [MUTANT...]: KUnit on UML, against these or all of them.
against() {
	_what=$1
	shift
	check "$_what" env KDIR= KVER=7.3 STAGES=mutants TOOLS=um MUTANTS="$*" RESULTS="$results" "$scripts/run.sh"
}

# A few tell how long one takes here.
against "7.3: KUnit on UML notices three mutants" wake-none put-keeps tgt-one
many=$(cat "$rows"/*.row | awk -F '\t' -v left="$(($(seconds_left) - 240))" -v jobs="$(nproc)" \
	'{ sum += $3 } END { n = (left > 0 && sum > 0) ? left * jobs * NR / sum : 0; print int(n) }')
if [ "$many" -ge "$total" ]; then
	against "7.3: KUnit on UML notices every mutant that it must"
elif [ "$many" -ge 10 ]; then
	# Others on another day.
	step=$(((total + many - 1) / many))
	# shellcheck disable=SC2046 # a list of words
	against "7.3: KUnit on UML notices each mutant that it must, of one in $step" \
		$(awk -v step=$step -v day="$(($(date +%s) / 86400))" 'NR % step == day % step' "$tmp/names")
else
	skip "7.3: KUnit on UML notices the mutants" "$(seconds_left) s are left (BUDGET=$BUDGET)"
fi
sed -n 's/^/# /; $p' "$results/mutants.txt" 2>/dev/null

# Interrupted, it goes on where it was; what is known is not asked again.
tried=$(cd "$rows" && printf '%s\n' *.row | sed 's/[.]row$//')
rm -f "$rows/wake-none.row" "$rows/put-keeps.row"
touch -d '1 hour ago' "$rows/tgt-one.row"
stat -c %Y "$rows/tgt-one.row" >"$tmp/time"
# shellcheck disable=SC2086 # a list of words
against "two rows are missing: they are tried, and no other" $tried
check "their rows are there again" test -f "$rows/wake-none.row" -a -f "$rows/put-keeps.row"
check "a row that was there is the same" test "$(stat -c %Y "$rows/tgt-one.row")" = "$(cat "$tmp/time")"
# The disk is full after the first row: it is kept, the other is told not to be.
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	refuses "a full disk is told" 'cannot keep the row of put-keeps.*run it again' unshare -m sh -c '
		rows=$1 repo=$2
		mount -t tmpfs -o size=64m none "$rows" || exit
		{ until [ -f "$rows/wake-none.row" ]; do sleep 0.1; done
		  cat /dev/zero >"$rows/full" 2>/dev/null; } &
		export KDIR= KVER=7.3 STAGES=mutants TOOLS=um JOBS=1 DEADLINE=20
		MUTANTS="wake-none put-keeps" RESULTS="$repo/results/check-mutants" "$repo/scripts/run.sh"
		status=$?
		kill $! 2>/dev/null
		[ -s "$rows/wake-none.row" ] && [ ! -e "$rows/put-keeps.row" ] || status=0
		exit $status' sh "$rows" "$repo"
else
	skip "a full disk is told" "needs root to mount a small file system"
fi
check "the JSON is JSON" python3 -m json.tool "$results/mutants.json"
done_testing
