#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the stress in a guest of the kernel that kunit.sh built for x86_64.
#
#   stress-guest.sh TREE RESULTS SECONDS [SEED]
#
# Environment: NOISE=1 lets stress-ng disturb the stress meanwhile, as noise.job
# says: Debian's of trixie, whose --vma works.
#
# Installs the selftests of TREE, makes an initramfs of them and boots it; writes
# the console to RESULTS/stress-guest.log, what the stress says as JSON to
# RESULTS/stress-guest.json, and a line to RESULTS/stages.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
3:* | 4:*) ;;
*) usage >&2; die "wrong arguments: '$*'" ;;
esac
tree=$1
results=$2
build=$(build_dir "$tree" "$(guest_arch "$tree")")
kernel=$build/arch/x86/boot/bzImage
[ -f "$kernel" ] || die "$kernel is missing: kunit.sh $tree $results x86_64 builds it"
start=$(date +%s)
log=$results/stress-guest.log

# add_noise: a copy of the selftests with stress-ng.
add_noise() {
	_stress_ng=$("$repo_dir/scripts/stress-ng.sh" trixie) &&
		rm -rf "$content" &&
		cp -R "$build/selftests" "$content" &&
		cp -R "$_stress_ng" "$content/noise" &&
		cp "$repo_dir/scripts/noise.job" "$content/noise/"
}

content=$build/selftests
[ -z "${NOISE:-}" ] || content=$build/selftests-noise
{
	"$repo_dir/scripts/selftests.sh" "$tree" "$build/selftests" &&
		{ [ -z "${NOISE:-}" ] || add_noise; } &&
		"$repo_dir/scripts/guest-image.sh" "$content" "$build/guest.cpio.gz"
} 2>"$log.err"
status=$?
cat "$log.err" >&2
if [ $status -eq 0 ]; then
	[ -z "${NOISE:-}" ] || APPEND="vma_lock.noise ${APPEND:-}"
	# The default duration goes the way of the bots: run_kselftest.sh.
	if [ "$3" != 13 ] || [ -n "${4:-}" ]; then
		# The kernel's parameter parser wants the quotes.
		# shellcheck disable=SC2089,SC2090
		APPEND="${APPEND:-} vma_lock.cmd=\"mm/vma_lock_stress -t $3${4:+ -s $4} --json /tmp/stress.json\""
	fi
	# shellcheck disable=SC2090
	export APPEND="${APPEND:-}"
	JSON=$results/stress-guest.json "$repo_dir/scripts/guest-boot.sh" "$kernel" \
		"$build/guest.cpio.gz" "$log" $((300 + $3 * 2))
	status=$?
else
	# What kept the guest from being made is all there is to report.
	cp "$log.err" "$log"
fi
rm -f "$log.err"
record_stage "$results" stress-guest kselftest $status $(($(date +%s) - start)) "${log##*/}"
exit $status
