#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What report.py makes of good and bad logs, with the parser of every kernel
# under port/.

. "$(dirname -- "$0")/lib.sh"

# new NAME: an empty results directory, in $results.
new() {
	results=$tmp/$version-$1
	mkdir "$results"
	echo "7.0.0 (test)" >"$results/kernel"
	printf 'CONFIG_PROVE_LOCKING=y\n# CONFIG_KASAN is not set\n' >"$results/test.config"
}

# stage KIND STATUS [LOG]: the stage is named after its log, which is stdin.
stage() {
	[ -z "${3:-}" ] || cat >"$results/$3"
	printf '%s\t%s\t%s\t61\t%s\n' "${3%.log}" "$1" "$2" "${3:-}" >>"$results/stages"
}

report() {
	"$scripts/report.py" "$tree" "$results" >"$results/out" 2>"$results/err" </dev/null
	status=$?
	cat "$results/err"
	[ "$(tail -n 1 "$results/out")" = "$last" ] ||
		{ echo "expected a last line '$last', found:"; cat "$results/out"; return 1; }
	[ $status -eq "$expected" ] || { echo "expected status $expected, found $status"; return 1; }
	cmp "$results/out" "$results/summary.txt" &&
		python3 -c 'import json, sys, xml.etree.ElementTree as x
summary = json.load(open(sys.argv[1] + "/summary.json"))
suites = x.parse(sys.argv[1] + "/junit.xml").getroot()
cases = list(suites.iter("testcase"))
failed = [c for c in cases if c.find("failure") is not None]
skipped = [c for c in cases if c.find("skipped") is not None]
assert summary["clean"] == (sys.argv[2] == "0"), summary["clean"]
assert len(failed) == summary["failed"] == int(suites.get("failures")), failed
assert len(skipped) == summary["skipped"] == int(suites.get("skipped")), skipped
assert len(cases) == summary["passed"] + len(failed) + len(skipped) == int(suites.get("tests")), len(cases)' \
			"$results" "$expected"
}

# verdict NAME STATUS LAST-LINE [PATTERN...]: what the report must say; after a
# "!", what it must not.
verdict() {
	_name="$version: $1"
	expected=$2
	last=$3
	shift 3
	if ! report >"$results/why" 2>&1; then
		not_ok "$_name" "$(cat "$results/why")"
		return
	fi
	for _pattern; do
		case $_pattern in
		!*) ! grep -qE -e "${_pattern#!}" "$results/out" ;;
		*) grep -qE -e "$_pattern" "$results/out" ;;
		esac && continue
		not_ok "$_name" "expected '$_pattern' in: $(cat "$results/out")"
		return
	done
	ok "$_name"
}

good_kunit() {
	cat <<-'END'
		Linux version 7.0.0 (a WARNING: in the middle of a line is none)
		[    0.100000] KTAP version 1
		[    0.100000] 1..2
		[    0.100000]     KTAP version 1
		[    0.100000]     # Subtest: vma_lock
		[    0.100000]     # module: vma_lock_kunit
		[    0.100000]     1..3
		[    0.100000]         KTAP version 1
		[    0.100000]         # Subtest: vma_lock_transition
		[    0.100000]         ok 1 detached: read
		[    0.100000]         ok 2 attached: read
		[    0.100000]     # vma_lock_transition: pass:2 fail:0 skip:0 total:2
		[    0.100000]     ok 1 vma_lock_transition
		[    0.100000]     # vma_lock_wait: WARNING: only words of a test
		[    0.100000]     ok 2 vma_lock_wait
		[    0.100000]     ok 3 vma_lock_many # SKIP requires 2 CPUs
		[    0.100000] # vma_lock: pass:2 fail:0 skip:1 total:3
		[    0.100000] # Totals: pass:3 fail:0 skip:1 total:4
		[    0.100000] ok 1 vma_lock
		[    0.100000]     KTAP version 1
		[    0.100000]     # Subtest: vma_lock_race
		[    0.100000]     1..1
		[    0.100000]     ok 1 vma_lock_race_detach
		[    0.100000] ok 2 vma_lock_race
		[    0.100000] reboot: Restarting system
	END
}

# good_guest: the stress below run_vmtests.sh below run_kselftest.sh.
good_guest() {
	cat <<-'END'
		[    1.000000] Run /init as init process
		[    1.000000] vma-lock guest: tainted before: 0
		[    1.000000] vma-lock guest: begin run_kselftest.sh
		[    1.000000] TAP version 13
		[    1.000000] 1..1
		[    1.000000] # timeout set to 900
		[    1.000000] # selftests: mm: ksft_vma_lock.sh
		[    1.000000] # TAP version 13
		[    1.000000] # # running ./vma_lock_stress
		[    1.000000] # # TAP version 13
		[    1.000000] # # 1..2
		[    1.000000] # # # seed 7: -s 7 repeats the choices of every thread
		[    1.000000] # # # mprotect: 2.0 s, faults 971 (481/s), accesses 5 (3/s), zaps 1
		[    1.000000] # # # mprotect: modifying operations 161 (80/s): mprotect of all 161, failed 0
		[    1.000000] # # # mprotect: waits, inferred: readers 32, mutators 34
		[    1.000000] # # # mprotect: BUG: and WARNING: are words of a test here
		[    1.000000] # # ok 1 mprotect
		[    1.000000] clocksource: a message of the kernel in between
		[    1.000000] # # ok 2 munmap_mmap # SKIP requires 2 CPUs
		[    1.000000] # # # Totals: pass:1 fail:0 xfail:0 xpass:0 skip:1 error:0
		[    1.000000] # # [PASS]
		[    1.000000] # ok 1 vma_lock_stress
		[    1.000000] # # SUMMARY: PASS=1 SKIP=0 FAIL=0
		[    1.000000] # 1..1
		[    1.000000] ok 1 selftests: mm: ksft_vma_lock.sh
		[    1.000000] # Totals: pass:1 fail:0 xfail:0 xpass:0 skip:0 error:0
		[    1.000000] vma-lock guest: vma_lock_success 51782
		[    1.000000] vma-lock guest: tainted after: 0
		[    1.000000] vma-lock guest: end status 0
	END
}

# splat NAME KIND LINE: a good log with that line in it.
splat() {
	new "splat-$1"
	good_kunit | sed "/ok 2 vma_lock_wait/i [    0.100000] $3" | stage kunit 0 kunit.log
	verdict "splat: $2: $3" 1 "4 passed, 1 failed, 1 skipped" "kunit.log, line 15: $2: "
}

for port in "$repo"/port/[0-9]*.[0-9]*; do
	version=${port##*/}
	if ! tree=$("$scripts/kernel-source.sh" "$version" 2>"$tmp/err"); then
		skip "$version" "no source: $(tail -n 1 "$tmp/err")"
		continue
	fi
	find "$tree/tools/testing/kunit" | sort >"$tmp/before"

	new good
	echo "  LD vmlinux" | stage build 0 build.log
	good_kunit | stage kunit 0 kunit.log
	good_guest | stage kselftest 0 guest.log
	verdict "a good run" 0 "5 passed, 0 failed, 2 skipped" 'Linux 7.0.0 .test.' \
		'test.config .PROVE_LOCKING.' '^  kunit  *4  *0  *1  *1:01  kunit.log' \
		'^  guest  *1  *0  *1  ' 'requires 2 CPUs: kunit: vma_lock.vma_lock_many' \
		'^  mprotect  *2.0  *971  *161  *32  *34' 'seed 7' "^Results: $results" '!Failures' '!Splat'

	new failing-case
	good_kunit | sed '/ok 2 vma_lock_wait/{
		i [    0.100000]     # vma_lock_wait: EXPECTATION FAILED at mm/tests/x.c:7\n[    0.100000]     Expected waited == 1, but
		s/ok 2/not ok 2/
	}
	s/ok 1 vma_lock$/not ok 1 vma_lock/' | stage kunit 1 kunit.log
	verdict "a failing case" 1 "3 passed, 1 failed, 1 skipped" \
		'kunit: vma_lock.vma_lock_wait  .kunit.log, line 17' 'EXPECTATION FAILED at mm/tests/x.c:7' 'Expected waited == 1' '!Splat'

	new failing-suite
	good_kunit | sed 's/ok 2 vma_lock_race$/not ok 2 vma_lock_race/' | stage kunit 1 kunit.log
	verdict "a failing suite of passing cases" 1 "4 passed, 1 failed, 1 skipped" 'kunit: vma_lock_race  '

	new crashed
	good_kunit | sed '/ok 2 vma_lock_wait/,$d' | stage kunit 1 kunit.log
	verdict "a crashed suite" 1 "2 passed, 2 failed, 0 skipped" \
		'vma_lock..results 2 to 3 of 3 missing.' 'after vma_lock_transition' '.result 2 of 2 missing.'

	new panic
	{ good_kunit | sed '/ok 2 vma_lock_wait/,$d'; echo '[    0.200000] Kernel panic - not syncing: stop'; } | stage kunit 1 kunit.log
	verdict "a panic" 1 "2 passed, 3 failed, 0 skipped" 'kunit.log, line 15: panic: Kernel panic - not syncing: stop'

	new failing-scenario
	good_guest | sed '/# # ok 1 mprotect/{
		i [    1.000000] # # # FAIL mprotect: seed 7: expected 1: found 0
		s/ok 1/not ok 1/
	}
	s/ok 1 vma_lock_stress/not ok 1 vma_lock_stress # exit=1/
	s/ok 1 selftests: .*/not ok 1 selftests: mm: ksft_vma_lock.sh # exit=1/
	s/end status 0/end status 1/' | stage kselftest 1 guest.log
	verdict "a failing scenario is counted once" 1 "0 passed, 1 failed, 1 skipped" \
		'guest: mprotect  .guest.log, line 18' 'FAIL mprotect: seed 7: expected 1: found 0' '!modifying operations 161 \(80'

	new wrapper
	good_guest | sed 's/ok 1 selftests: .*/not ok 1 selftests: mm: ksft_vma_lock.sh # TIMEOUT 900 seconds/' |
		stage kselftest 1 guest.log
	verdict "a wrapper that fails though its cases pass" 1 "1 passed, 1 failed, 1 skipped" 'TIMEOUT 900 seconds: not ok, though'

	new ended
	good_guest | sed '/munmap_mmap/,$d' | stage kselftest 1 guest.log
	verdict "a stress that ended early" 1 "1 passed, 1 failed, 0 skipped" 'result 2 of 2 missing.' 'after mprotect'

	new no-program
	cat <<-'END' | stage kselftest 1 guest.log
		TAP version 13
		1..1
		# selftests: mm: ksft_vma_lock.sh
		# TAP version 13
		# # running ./vma_lock_stress
		# # ./vma_lock_stress: cannot execute
		# # [FAIL]
		# not ok 1 vma_lock_stress # exit=126
		# # SUMMARY: PASS=0 SKIP=0 FAIL=1
		# 1..1
		not ok 1 selftests: mm: ksft_vma_lock.sh # exit=1
	END
	verdict "a program that does not start" 1 "0 passed, 1 failed, 0 skipped" 'guest: vma_lock_stress  .guest.log, line 8' 'cannot execute'

	new skip-all
	cat <<-'END' | stage kselftest 4 guest.log
		TAP version 13
		1..0 # SKIP cannot map shared memory
	END
	good_kunit | stage kunit 0 kunit.log
	verdict "a stress that skips all" 0 "4 passed, 0 failed, 2 skipped" 'cannot map shared memory: guest: guest'

	new nothing
	printf 'TAP version 13\n1..1\nok 1 mprotect # SKIP requires 2 CPUs\n' | stage kselftest 4 host.log
	verdict "nothing was tested" 1 "0 passed, 0 failed, 1 skipped" 'Nothing was tested'

	find "$tree/tools/testing/kunit" | sort >"$tmp/after"
	check "$version: the tree was only read" cmp "$tmp/before" "$tmp/after"
done
if [ ! -d "${tree:-}" ]; then
	skip "all that needs a parser" "no kernel source"
	done_testing
	exit
fi

# The rest does not depend on the version.
version=any
splat lockdep lockdep 'WARNING: possible circular locking dependency detected'
splat warning WARNING 'WARNING: mm/mmap_lock.c:100 at __vma_start_write+0x10\/0x20, CPU#1: kunit\/7'
splat bug BUG 'BUG: sleeping function called from invalid context at mm\/mmap_lock.c:1'
splat oops oops 'Oops: Oops: 0000 [#1] SMP'
splat null oops 'BUG: kernel NULL pointer dereference, address: 0000000000000008'
splat kasan KASAN 'BUG: KASAN: slab-use-after-free in vma_end_read+0x10\/0x20'
splat kcsan KCSAN 'BUG: KCSAN: data-race in vma_start_read \/ __vma_start_write'
splat ubsan UBSAN 'UBSAN: array-index-out-of-bounds in mm\/x.c:1:2'
splat refcount refcount 'refcount_t: underflow; use-after-free.'
splat hung 'hung task' 'INFO: task kunit_try_catch:49 blocked for more than 60 seconds.'
splat stall stall 'rcu: INFO: rcu_preempt detected stalls on CPUs\/tasks:'
splat rcu lockdep 'WARNING: suspicious RCU usage'
splat lockup stall 'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [kunit:7]'

new module
{
	printf '[    0.100000] %s\n' 'KTAP version 1' '1..0' 'vma-lock guest: begin insmod mm/x.ko'
	good_kunit
} | stage kunit 0 kunit.log
verdict "suites that came as modules, into a boot without any" 0 "4 passed, 0 failed, 1 skipped"

new one-trace
good_kunit | sed '/ok 2 vma_lock_wait/i ------------[ cut here ]------------\nrefcount_t: underflow; use-after-free.\nWARNING: lib/refcount.c:28 at x\n---[ end trace 0 ]---\nWARNING: another' |
	stage kunit 0 kunit.log
verdict "one trace is one splat" 1 "4 passed, 1 failed, 1 skipped" 'line 16: refcount' '!line 17:' 'line 19: WARNING'

new taint
good_guest | sed 's/tainted after: 0/tainted after: 512/' | stage kselftest 0 guest.log
verdict "a taint" 1 "1 passed, 1 failed, 1 skipped" 'left the kernel tainted: 512 .W.'
new taint-test
good_guest | sed 's/tainted after: 0/tainted after: 262144/' | stage kselftest 0 guest.log
verdict "the taint of KUnit" 0 "1 passed, 0 failed, 1 skipped"

new transitions
good_guest | sed '/tainted after/i [    1.000000] vma-lock guest: transitions R0 51 W2 7 N1 0' | stage kselftest 0 guest.log
good_kunit | sed '/ok 2 vma_lock_wait/i [    0.100000]     # vma_lock_branches_total: transitions: R0 3 F1 4' | stage kunit 0 kunit.log
echo '{"scenarios": [{"name": "mixed", "transitions": {"source": "counted", "R0": 40, "W2": 6}},
	{"name": "guessed", "transitions": {"source": "inferred", "R0": 9}}]}' >"$results/guest.json"
verdict "counts of the lock's transitions" 0 "5 passed, 0 failed, 2 skipped" 'Transitions of the lock: guest' \
	'^  scenario  *R0  *W2  *N1$' '^  mixed  *40  *6  *-$' '^  all since the boot  *51  *7  *0$' \
	'^  all since the boot  *3  *4$' '!guessed'
echo '{"scenarios": [' >"$results/guest.json"
verdict "half of what the stress writes" 1 "5 passed, 1 failed, 2 skipped" 'guest: guest.json is not what the stress writes'

new empty
: | stage kselftest 0 empty.log
good_kunit | stage kunit 0 kunit.log
verdict "an empty log" 1 "4 passed, 1 failed, 1 skipped" 'empty: the log empty.log is empty'

new missing
printf 'gone\tkunit\t1\t0\tgone.log\n' >"$results/stages"
verdict "a missing log" 1 "0 passed, 1 failed, 0 skipped" 'gone: the log gone.log cannot be read: No such file.*; exit status 1'

new no-tap
echo 'qemu-system-x86_64: cannot set up guest memory' | stage kselftest 1 guest.log
echo 'qemu-system-x86_64: cannot set up guest memory' | stage kunit 1 kunit.log
verdict "logs without results" 1 "0 passed, 2 failed, 0 skipped" 'no TAP output in guest.log' 'no result in kunit.log'

new build
printf 'x.c:1: error: expected ;\nmake: *** [x] Error 1\n' | stage build 2 build.log
verdict "a build that failed" 1 "0 passed, 1 failed, 0 skipped" 'build: x.c:1: error: expected ;'

new status
good_kunit | stage kunit 3 kunit.log
verdict "a status that the log does not explain" 1 "4 passed, 1 failed, 1 skipped" 'exit status 3, though no case failed'

new again
echo nothing | stage kunit 1 kunit.log
good_kunit | stage kunit 0 kunit.log
verdict "a stage that was run again counts once" 0 "4 passed, 0 failed, 1 skipped"

new numbers
good_kunit | sed 's/ok 2 vma_lock_wait/ok 7 vma_lock_wait/' | stage kunit 0 kunit.log
verdict "results out of order" 1 "4 passed, 1 failed, 1 skipped" 'Expected test number 2 but found 7'

new binary
{ printf 'TAP version 13\n1..1\n# \033[1m\377\376\001 & <x>\nnot ok 1 mprotect\n'; } | stage kselftest 1 host.log
verdict "a log that is not text" 1 "0 passed, 1 failed, 0 skipped" 'mprotect'

# What is no run at all.
new unusable
refuses "no arguments" 'not 0 arguments' "$scripts/report.py"
refuses "no such results" 'no such directory' "$scripts/report.py" "$tree" "$tmp/none"
refuses "no kernel tree" 'no tools/testing/kunit/kunit_parser.py' "$scripts/report.py" "$tmp" "$results"
refuses "no stages" 'stages cannot be read' "$scripts/report.py" "$tree" "$results"
: >"$results/stages"
refuses "empty stages" 'names no stage' "$scripts/report.py" "$tree" "$results"
printf 'a b c\n' >"$results/stages"
refuses "stages without tabs" 'line 1: 5 fields' "$scripts/report.py" "$tree" "$results"
printf 'a\tother\t0\t1\tx\n' >"$results/stages"
refuses "an unknown kind" 'not "other"' "$scripts/report.py" "$tree" "$results"
printf 'a\tkunit\tx\t1\tx\n' >"$results/stages"
refuses "a status that is no number" 'not "x" and "1"' "$scripts/report.py" "$tree" "$results"
check "nothing was written then" sh -c '! ls -A "$1" | grep -v -e kernel -e stages -e test.config' sh "$results"
done_testing
