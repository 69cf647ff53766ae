#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build the stress with nothing but a C compiler and run it on this very kernel.
#
#   stress-host.sh RESULTS SECONDS [SEED]    for report.py: log and stage in RESULTS
#   stress-host.sh - SECONDS [SEED]          for people: output as it comes
#
# CC and CFLAGS are honoured. RESULTS gets stress-host.log, .json, and a line in stages.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
2:* | 3:*) ;;
*) usage >&2; die "wrong arguments: '$*'" ;;
esac
cc=${CC:-cc}
command -v "${cc%% *}" >/dev/null 2>&1 || die "no C compiler '$cc': install gcc or clang, or name yours as CC="
mkdir -p "$cache_dir/host" || die "cannot create $cache_dir/host: move the cache with VMA_LOCK_CACHE=DIR"
program=$cache_dir/host/vma_lock_stress
sources=$repo_dir/tools/testing/selftests/mm
# No program, or one that is older than any of its files.
if [ ! -f "$program" ] || [ -n "$(find "$sources" -name 'vma_lock_stress*.[ch]' -newer "$program")" ]; then
	# shellcheck disable=SC2086 # options are words
	$cc ${CFLAGS:--O2 -Wall} -I"$repo_dir/scripts/standalone" -o "$program.new" "$sources"/vma_lock_stress*.c -pthread ||
		die "$cc cannot build $sources/vma_lock_stress*.c"
	mv "$program.new" "$program"
fi
set -- "$1" -t "$2" ${3:+-s "$3"}
if [ "$1" = - ]; then
	shift
	exec "$program" "$@"
fi
results=$1
shift
start=$(date +%s)
log=$results/stress-host.log
rm -f "$results/stress-host.json"
phase "$log" "running the stress on this machine, Linux $(uname -r)" \
	"$program" "$@" --json "$results/stress-host.json"
status=$?
record_stage "$results" stress-host kselftest $status $(($(date +%s) - start)) "${log##*/}"
exit $status
