#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The stress on this machine's kernel: it passes, can fail, and leaves nothing.

. "$(dirname -- "$0")/lib.sh"
cd "$tmp" || exit 1
stress=$tmp/vma_lock_stress
check "builds with nothing but a C compiler" "${CC:-cc}" -O2 -I"$repo/scripts/standalone" -pthread \
	-o "$stress" "$repo"/tools/testing/selftests/mm/vma_lock_stress*.c
chmod 755 "$tmp"

check "make stress" env VMA_LOCK_CACHE="$tmp/cache" make -s -C "$repo" stress TIME=4 SEED=7
check "every scenario has its result" sh -c '
	"$1" -q -s 7 >"$2" || exit 1
	"$1" -l | while read -r name rest; do grep -qE "^ok [0-9]+ $name( # SKIP .*)?\$" "$2" || { echo "no $name"; exit 1; }; done' sh "$stress" "$tmp/out"
check "the seed is printed" grep -q '^# .*seed 7' "$tmp/out"
check "the choices of a seed are the same again" sh -c '
	"$1" -q -t 2 -s 7 -c mixed | grep -o "digest.*" >a; "$1" -q -t 2 -s 7 -c mixed | grep -o "digest.*" >b; test -s a && cmp a b' sh "$stress"
if [ "$(id -u)" -eq 0 ]; then
	check "as an ordinary user" setpriv --reuid=65534 --regid=65534 --clear-groups "$stress" -q -t 4
fi
check "on one CPU" taskset -c 0 "$stress" -q -t 4

# Each sabotage has the scenario where it is seen, and the others when told so.
for oracle in value access lost hole guard hang taint splat maps query epoch no-wait waits bystander; do
	check "-B $oracle makes it fail" sh -c '! "$1" -q -t 4 -B "$2" >"$3" && grep -q "^not ok" "$3"' sh "$stress" $oracle "$tmp/out"
done
check "-B value makes short_holds fail" sh -c '! "$1" -q -t 2 -B value -c short_holds >"$2" && grep -q "^not ok .* short_holds" "$2"' sh "$stress" "$tmp/out"
check "-B collapse is told" sh -c '"$1" -q -t 4 -B collapse | grep -q "throughput collapse"' sh "$stress"
"$stress" -q -t 1 -B idle >"$tmp/out"
check "-B idle: a run that changed nothing is a skip, not a pass" test $? -eq 4

# fails_with STATUS PATTERN ABSENT COMMAND...: this status, a line that matches, none that must not be there.
# shellcheck disable=SC2016 # for the inner shell
fails_with='status=$1 pattern=$2 absent=$3 out=$4; shift 4
	"$@" >"$out" 2>&1 </dev/null; found=$?
	[ $found -eq "$status" ] && grep -qE "$pattern" "$out" && ! grep -qE "$absent" "$out" ||
		{ echo "status $found, wanted $status with $pattern and without $absent"; tail -n 8 "$out"; exit 1; }'
surrounded() {
	_what=$1
	shift
	check "$_what" sh -c "$fails_with" sh "$1" "$2" "$3" "$tmp/out" sh -c "$4" sh "$stress"
}

# shellcheck disable=SC2016 # $1 is the program, for the inner shell
{
	# What fits depends on the C library and on the plan that was drawn: of limits from "not
	# even the loader" to "nearly all", none may fail a test, and one at least must be told.
	check "no room for its address range: skips in words" sh -c '
		for kib in 2048 3072 4096 4608 5120 5632 6144 7168 8192 16384; do
			prlimit --as=$((kib * 1024)) "$1" -q -t 1 -c mixed,waits,fork_epochs >"$2.one" 2>&1
			status=$?
			cat "$2.one"
			case $status in 0 | 4 | 127) ;; *) echo "$kib KiB: status $status"; exit 1 ;; esac
			! grep "^not ok" "$2.one" || exit 1
		done >"$2"
		status=$?
		[ $status -eq 0 ] && grep -qE "^(1\.\.0|ok .*) # SKIP ..*" "$2" || { tail -n 9 "$2"; exit 1; }' \
		sh "$stress" "$tmp/out"
	surrounded "no descriptors: skips or goes on" 0 '^ok' '^not ok' 'ulimit -n 5; exec "$1" -q -t 3 -c mixed,userfaultfd,maps,file_shared,exec_exit'
	if [ "$(id -u)" -eq 0 ]; then
		surrounded "no processes: skips in words" 4 'SKIP cannot (fork|start)' '^not ok' 'exec setpriv --reuid=65533 --regid=65533 --clear-groups prlimit --nproc=1 "$1" -q -t 2 -c mixed,fork_epochs'
	fi
	if unshare -m true 2>/dev/null; then
		surrounded "no /proc: what needs it is skipped by name" 0 'maps # SKIP /proc' '^not ok' 'exec unshare -m sh -c "mount -t tmpfs none /proc && exec \"\$1\" -q -t 4 -c mixed,maps,exec_exit,waits,huge_pages" sh "$1"'
	else
		skip "no /proc: what needs it is skipped by name" "may not unshare"
	fi
}
# shellcheck disable=SC2016 # $1 is the program, for the inner shell
if "${CC:-cc}" -O2 -o "$tmp/deny" "$repo/tests/deny.c" 2>"$tmp/deny.err" && "$tmp/deny" mseal true; then
	surrounded "userfaultfd, mseal and more forbidden: skipped by name" 0 'userfaultfd # SKIP userfaultfd' '^not ok' 'exec "${1%/*}/deny" userfaultfd,mseal,sched_setscheduler,process_madvise,memfd_create "$1" -q -t 5 -c mixed,userfaultfd,sealed,shmem,process_madvise,waits'
	surrounded "mlock2 forbidden: mlock does" 0 '^ok .* mlock$' '^not ok' 'exec "${1%/*}/deny" mlock2 "$1" -q -t 2 -c mlock'
else
	skip "userfaultfd, mseal and more forbidden: skipped by name" "no seccomp filters here"
fi

# A cgroup whose limit the page tables of a long hold do not fit into.
cgroup=
for dir in /sys/fs/cgroup/memory /sys/fs/cgroup; do
	mkdir "$dir/vma-lock-test.$$" 2>/dev/null || continue
	cgroup=$dir/vma-lock-test.$$
	echo 16M 2>/dev/null >"$cgroup/memory.limit_in_bytes" || echo 16M 2>/dev/null >"$cgroup/memory.max" || { rmdir "$cgroup"; cgroup=; continue; }
	break
done
if [ -n "$cgroup" ]; then
	surrounded "a cgroup with little memory: passes or skips in words" 0 '^ok' '^not ok|^# FAIL' "echo 0 >'$cgroup/cgroup.procs'; exec \"\$1\" -q -t 3 -c mixed,maps,fork_epochs,waits,bystanders"
	gone "$stress -q -t 3"
	rmdir "$cgroup"
else
	skip "a cgroup with little memory: passes or skips in words" "may not make one"
fi

refuses "zero seconds" '-t' "$stress" -t 0
refuses "negative seconds" '--duration "-3": give a whole number from 1' "$stress" --duration=-3
refuses "absurd seconds" '--duration' "$stress" --duration 99999999999999999999
refuses "not a number" '-t' "$stress" -t soon
refuses "absurd threads" '-n' "$stress" -n 1000000
refuses "no threads" '--threads' "$stress" --threads 0
refuses "no memory" '--memory' "$stress" --memory 0
refuses "an unknown scenario" 'did you mean mprotect' "$stress" -c mprotekt
refuses "an unknown option" 'did you mean duration' "$stress" --durations 3
refuses "an unknown oracle" 'nothing' "$stress" -B nothing
refuses "an unknown transition" 'did you mean W' "$stress" --require W9
refuses "an argument too many" 'extra' "$stress" -t 1 extra
refuses "a place where no JSON can be written" 'cannot write there' "$stress" --json "$tmp/no/such/place"

check "JSON: valid, with every scenario that ran" sh -c '
	"$1" -q -t 2 -c "m*" --json "$2" >/dev/null &&
	python3 -c "import json,sys; d=json.load(open(sys.argv[1])); assert d[\"schema\"] == \"vma_lock_stress/1\" and len(d[\"scenarios\"]) > 5" "$2"' sh "$stress" "$tmp/out.json"
check "a required transition that nobody counts is no pass" sh -c '
	[ -e /sys/kernel/debug/vma_lock ] || ! "$1" -q -t 1 -c mixed --require W2=1 >"$2" && grep -q "W2" "$2"' sh "$stress" "$tmp/out"
check "SIGINT: the JSON of what ran is kept" sh -c '
	"$1" -q -t 30 --json "$2" >/dev/null 2>&1 & pid=$!
	sleep 4; kill -s INT $pid; wait $pid
	python3 -c "import json,sys; d=json.load(open(sys.argv[1])); assert d[\"verdict\"] == \"interrupted\" and d[\"scenarios\"]" "$2"' sh "$stress" "$tmp/out.json"
check "one of its processes killed: a failure in words" sh -c '
	"$1" -q -t 6 -c fork_epochs >"$2" 2>&1 & pid=$!
	sleep 2; child=$(pgrep -P $pid | head -n 1); kill -s KILL "$child"; wait $pid
	test $? -eq 1 && grep -q "death by signal 9" "$2"' sh "$stress" "$tmp/out"
# Its bouts last two seconds: time enough to find the process that reads maps.
check "a helper of its processes killed: a failure in words" sh -c '
	"$1" -q -t 120 -c maps -P spread >"$2" 2>&1 & pid=$!
	helper=
	for _ in $(seq 50); do
		child=$(pgrep -P $pid | head -n 1)
		[ -z "$child" ] || helper=$(pgrep -P "$child" | head -n 1)
		[ -z "$helper" ] || break
		sleep 0.1
	done
	kill -s KILL "$helper"; wait $pid
	test $? -eq 1 && grep -q "of the bout: .* death by signal 9" "$2"' sh "$stress" "$tmp/out"

for signal in INT TERM KILL; do
	"$stress" -q -t 60 >"$tmp/out" 2>&1 &
	pid=$!
	sleep 1
	kill -s $signal $pid
	wait $pid 2>/dev/null
	status=$?
	check "SIG$signal: a status that is no pass" test $status -ne 0
	check "SIG$signal leaves no process" gone "$stress -q"
done
if [ -e /dev/full ]; then
	check "a full disk is no pass" sh -c '! "$1" -q -t 2 >/dev/full 2>&1' sh "$stress"
	check "JSON to a full disk is no pass" sh -c '! "$1" -q -t 1 -c mixed --json /dev/full >/dev/null 2>&1' sh "$stress"
fi
check "a closed pipe is no pass" sh -c '
	{ "$1" -q -t 4 -c "m*" 2>/dev/null; echo $? >"$2"; } | head -n 1 >/dev/null
	test "$(cat "$2")" -ne 0' sh "$stress" "$tmp/status"
check "a closed pipe leaves no process" gone "$stress -q"
if dmesg >"$tmp/dmesg" 2>/dev/null; then
	check "the kernel's log has nothing from it" sh -c '! grep "vma_lock_stress\[" "$1"' sh "$tmp/dmesg"
fi
for cross in aarch64-linux-gnu riscv64-linux-gnu s390x-linux-gnu; do
	command -v $cross-gcc >/dev/null 2>&1 || continue
	if ! printf '#include <stdio.h>\nint main(void) { return 0; }\n' | $cross-gcc -static -x c -o "$tmp/cross" - 2>/dev/null; then
		# A compiler for kernels alone.
		skip "builds for $cross" "there is no C library for it"
	else
		check "builds for $cross" $cross-gcc -O2 -Wall -Werror -static -I"$repo/scripts/standalone" -pthread \
			-o "$tmp/cross" "$repo"/tools/testing/selftests/mm/vma_lock_stress*.c
	fi
done
if command -v musl-gcc >/dev/null 2>&1; then
	check "builds with musl, static" musl-gcc -O2 -Wall -Werror -static -I"$repo/scripts/standalone" -idirafter /usr/include \
		-idirafter "/usr/include/$(${CC:-cc} -print-multiarch)" -pthread -o "$tmp/musl" "$repo"/tools/testing/selftests/mm/vma_lock_stress*.c
fi
check "no error of its own that a sanitizer sees" sh -c '
	"$1" -g -O1 -fsanitize=address,undefined -I"$2/scripts/standalone" -pthread -o "$3" "$2"/tools/testing/selftests/mm/vma_lock_stress*.c &&
	{ "$3" -q -t 6 >"$3.out" 2>&1 || true; } && ! grep -E "runtime error|ERROR: AddressSanitizer" "$3.out"' sh "${CC:-cc}" "$repo" "$tmp/asan"
done_testing
