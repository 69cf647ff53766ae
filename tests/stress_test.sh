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
check "on one CPU" taskset -c 0 "$stress" -q -t 8

# Each sabotage has the scenario where it is seen, and the others when told so.
for oracle in value access lost hole guard hang taint splat maps query epoch no-wait waits bystander; do
	check "-B $oracle makes it fail" sh -c '! "$1" -q -t 4 -B "$2" >"$3" && grep -q "^not ok" "$3"' sh "$stress" $oracle "$tmp/out"
done
"$stress" -q -t 4 -B idle >"$tmp/out"
check "-B idle: a run that changed nothing is a skip, not a pass" test $? -eq 4

refuses "zero seconds" '-t' "$stress" -t 0
refuses "not a number" '-t' "$stress" -t soon
refuses "absurd threads" '-n' "$stress" -n 1000000
refuses "an unknown scenario" 'mprotekt' "$stress" -c mprotekt
refuses "an unknown oracle" 'nothing' "$stress" -B nothing
refuses "an argument too many" 'extra' "$stress" -t 1 extra

for signal in INT TERM KILL; do
	"$stress" -q -t 60 >"$tmp/out" 2>&1 &
	pid=$!
	sleep 1
	kill -s $signal $pid
	wait $pid 2>/dev/null
	status=$?
	check "SIG$signal: a status that is no pass" test $status -ne 0
	check "SIG$signal leaves no process" sh -c 'sleep 0.5; ! pgrep -f "$1 -q"' sh "$stress"
done
if [ -e /dev/full ]; then
	check "a full disk is no pass" sh -c '! "$1" -q -t 2 >/dev/full 2>&1' sh "$stress"
fi
done_testing
