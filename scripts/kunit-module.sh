#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the KUnit suites as modules: build an overlaid tree with them so for x86_64,
# boot it, load each module, and unload it again.
#
#   kunit-module.sh TREE RESULTS
#
# Writes the console of each module to RESULTS/kunit-module-NAME.log, and lines to
# RESULTS/stages.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
2:*) ;;
*) usage >&2; die "wrong arguments: '$*'" ;;
esac
tree=$1
results=$2
CONFIG="guest module" BUILD_ONLY=1 "$repo_dir/scripts/kunit.sh" "$tree" "$results" x86_64 || exit 1
build=$(build_dir "$tree" x86_64-module)

# The guest gets the selftests, because it needs some, and the modules.
rm -rf "$build/selftests"
"$repo_dir/scripts/selftests.sh" "$tree" "$build/selftests" || exit 1
cp "$build"/mm/tests/vma_lock*.ko "$build/selftests/mm/" || die "$build/mm/tests has no modules"
"$repo_dir/scripts/guest-image.sh" "$build/selftests" "$build/guest.cpio.gz" || exit 1
failed=0
for module in "$build"/mm/tests/vma_lock*.ko; do
	name=$(basename "$module" .ko)
	log=$results/kunit-module-$name.log
	start=$(date +%s)
	# The kernel's parameter parser wants the quotes.
	# shellcheck disable=SC2089,SC2090
	APPEND="kunit.enable=1 vma_lock.cmd=\"insmod mm/$name.ko && rmmod $name\""
	# shellcheck disable=SC2090
	export APPEND
	"$repo_dir/scripts/guest-boot.sh" "$build/arch/x86/boot/bzImage" "$build/guest.cpio.gz" "$log" 120
	status=$?
	[ $status -eq 0 ] || failed=1
	record_stage "$results" "kunit-module-$name" kunit $status $(($(date +%s) - start)) "${log##*/}"
done
exit $failed
