# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# One check of models.sh, which runs several at a time:
#
#   sh models-job.sh WORK JOB...
#
# JOB is a line of the plan, its words separated by tabs:
#
#   litmus NAME FORM FILE           FORM: asis, fixed, weakened
#   hardware NAME FORM FILE
#   spin NAME FORM CLAIM OPTION...  FORM: holds, known, or the BREAK that must be found
#   cbmc NAME FORM KERNEL OPTION... FORM: the same; WORK/KERNEL/lock.h is the lock
#   steps NAME FORM TREE LINEAGE
#
# A line of WORK/verdicts says what was expected and what was found:
#   KIND NAME FORM EXPECTED FOUND SECONDS LOG, separated by tabs.

work=$1
kind=$2
name=$3
form=$4
shift 4
log=$work/log/$kind.$(printf '%s.%s' "$name" "$form" | tr '/ ' '__')
models=$work/repo/models
started=$(date +%s.%N)

# verdict EXPECTED FOUND
verdict() {
	# One write a line: others append, too.
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$kind" "$name" "$form" "$1" "$2" \
		"$(echo "$started $(date +%s.%N)" | awk '{ printf "%.1f", $2 - $1 }')" "$log" >>"$work/verdicts"
	exit 0
}

# Whoever interrupts models.sh ends a group of processes: timeout must not leave it.

# herd EXPECTED OPTION... FILE
herd() {
	_expected=$1
	shift
	timeout --foreground 120 "$HERD7" "$@" >"$log" 2>&1
	_status=$?
	_found=$(sed -n 's/^Observation [^ ]* \([A-Za-z]*\).*/\1/p' "$log")
	! grep -q 'Flag data-race' "$log" || _found="$_found DATARACE"
	{ [ $_status -eq 0 ] && [ -n "$_found" ]; } ||
		_found="no verdict (status $_status): $(grep . "$log" | tail -n 1 | cut -c1-60)"
	verdict "$_expected" "$_found"
}

case $kind in
litmus)
	cd "$work/memory-model" || exit 1
	herd "$(sed -n 's/^ [*] Result: //p' "$1")" -conf linux-kernel.cfg "$1"
	;;
hardware)
	herd "$(sed -n 's/^ [*] Result: //p' "$1")" "$1"
	;;
spin)
	claim=$1
	shift
	dir=$work/spin/$name.$form
	mkdir -p "$dir" && cd "$dir" && cp "$models/vma_lock.pml" . || exit 1
	case $form in
	holds) expected=holds break='' optimise=-O2 ;;
	known) expected='does not hold' break='' optimise=-O0 ;;
	# What is found early is not worth the compiler's time.
	*) expected=found break=-DBREAK_$form optimise=-O0 ;;
	esac
	case $claim in
	safety) build=-DSAFETY run='' ;;
	woken) build=-DNFAIR=4 run='-a -f' ;;
	esac
	# shellcheck disable=SC2086 # $break and $run may be empty or two words
	{
		spin -a "$@" $break vma_lock.pml &&
		gcc $optimise "$build" -DCOLLAPSE -DVECTORSZ=1024 -DMEMLIM="${MEMLIM:-3000}" -w -o pan pan.c &&
		timeout --foreground "${SPIN_TIMEOUT:-300}" ./pan -m"${DEPTH:-2000000}" $run
	} >"$log" 2>&1
	status=$?
	errors=$(sed -n 's/.*errors: \([0-9]*\).*/\1/p' "$log")
	states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' "$log")
	if [ $status -ne 0 ] && [ -z "$errors" ]; then
		found="no verdict (status $status): $(grep . "$log" | tail -n 1 | cut -c1-60)"
	elif [ "${errors:-0}" -gt 0 ]; then
		found='does not hold'
		[ -z "$break" ] || found=found
		found="$found: $(sed -n 's/^pan:[0-9]*: \(.*\) (at depth.*/\1/p' "$log" | head -n 1 | cut -c1-70)"
	# An unfinished search has shown nothing.
	elif grep -q -E 'Search not completed|max search depth too small|out of memory|reached -DMEMLIM' "$log"; then
		found="truncated search ($states states): no verdict"
	elif [ -n "$break" ]; then
		found='not found'
	else
		found="holds ($states states)"
	fi
	rm -rf "$dir"
	verdict "$expected" "$found"
	;;
cbmc)
	kernel=$1
	shift
	lock=$work/$kernel
	case $form in
	holds) expected=holds ;;
	known) expected='does not hold' ;;
	*)
		expected=found
		lock=$work/$kernel.$form
		mkdir -p "$lock"
		sed -f "$models/cbmc/breaks/$form.sed" "$work/$kernel/lock.h" >"$lock/lock.h"
		! cmp -s "$work/$kernel/lock.h" "$lock/lock.h" ||
			verdict "$expected" "no verdict: breaks/$form.sed changes nothing in $kernel"
		;;
	esac
	timeout --foreground "${CBMC_TIMEOUT:-200}" "$CBMC" --no-standard-checks --unwind 3 --unwinding-assertions \
		-I "$models/cbmc" -I "$lock" "$@" "$models/cbmc/harness.c" >"$log" 2>&1
	status=$?
	case $status in
	0) found=holds; [ "$expected" = holds ] || found='not found' ;;
	10)
		found='does not hold'
		[ "$expected" != found ] || found=found
		found="$found: $(sed -n 's/^\[.*\] line [0-9]* \(.*\): FAILURE$/\1/p' "$log" | head -n 1)"
		# More turns of a loop than were looked at: nothing is shown.
		! grep -q 'unwinding assertion.*FAILURE' "$log" || found='truncated search: no verdict'
		;;
	124) found='no verdict: out of time' ;;
	*) found="no verdict (status $status): $(grep . "$log" | tail -n 1 | cut -c1-60)" ;;
	esac
	verdict "$expected" "$found"
	;;
steps)
	if "$work/repo/scripts/models-steps.sh" "$1" "$2" >"$log" 2>&1; then
		verdict same same
	else
		verdict same "differ"
	fi
	;;
esac
