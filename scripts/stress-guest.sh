#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the stress in a guest of the kernel that kunit.sh built for x86_64.
#
#   stress-guest.sh TREE RESULTS SECONDS [SEED]
#
# Installs the selftests of TREE, makes an initramfs of them and boots it; writes
# the console to RESULTS/stress-guest.log and a line to RESULTS/stages.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
3:* | 4:*) ;;
*) usage >&2; die "wrong arguments: '$*'" ;;
esac
tree=$1
results=$2
build=$(build_dir "$tree" x86_64)
kernel=$build/arch/x86/boot/bzImage
[ -f "$kernel" ] || die "$kernel is missing: kunit.sh $tree $results x86_64 builds it"
start=$(date +%s)
log=$results/stress-guest.log

{
	"$repo_dir/scripts/selftests.sh" "$tree" "$build/selftests" &&
		"$repo_dir/scripts/guest-image.sh" "$build/selftests" "$build/guest.cpio.gz"
} 2>"$log.err"
status=$?
cat "$log.err" >&2
if [ $status -eq 0 ]; then
	# The default duration goes the way of the bots: run_kselftest.sh.
	if [ "$3" != 15 ] || [ -n "${4:-}" ]; then
		# The kernel's parameter parser wants the quotes.
		# shellcheck disable=SC2089,SC2090
		APPEND="vma_lock.cmd=\"mm/vma_lock_stress -t $3${4:+ -s $4}\""
		# shellcheck disable=SC2090
		export APPEND
	fi
	"$repo_dir/scripts/guest-boot.sh" "$kernel" "$build/guest.cpio.gz" "$log" $((300 + $3 * 2))
	status=$?
else
	# What kept the guest from being made is all there is to report.
	cp "$log.err" "$log"
fi
rm -f "$log.err"
record_stage "$results" stress-guest kselftest $status $(($(date +%s) - start)) "${log##*/}"
exit $status
