#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The stress and its peers side by side: which transitions of the per-VMA lock
# each causes, a second, in the same boot of a kernel that counts them.
#
#   peers.sh TREE RESULTS SECONDS
#
# TREE has the coverage layer, and kunit.sh has built it for x86_64 (make peers
# does both). The peers are what Debian ships, stress-ng of trixie and of sid, and
# what TREE itself has: proc-maps-race, uffd-stress, folio_split_race_test. Others
# can be added, statically linked: BY_HAND="FILE..." such as will-it-scale's
# malloc1_threads and LTP's mmap1, each run for SECONDS and named as such.
#
# Writes RESULTS/peers.txt (and the same to stdout), peers.json, the console
# peers.log and a line to RESULTS/stages. Status: 0 if every program ran.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
3:*) ;;
*) usage >&2; die "wrong arguments: '$*'" ;;
esac
tree=$1
results=$2
case $3 in '' | *[!0-9]* | 0*) die "a number of seconds from 1 on is needed, not '$3'" ;; esac
[ -d "$results" ] || die "$results: no such directory"
counts_transitions "$tree" ||
	die "$tree does not count the transitions of its lock: put the coverage layer in (make peers, or COVERAGE=1)"
build=$(build_dir "$tree" "$(guest_arch "$tree")")
kernel=$build/arch/x86/boot/bzImage
[ -f "$kernel" ] || die "$kernel is missing: kunit.sh builds it"
for file in ${BY_HAND:-}; do
	if [ ! -x "$file" ] || [ -d "$file" ]; then
		die "BY_HAND: $file is no program"
	fi
	! ldd "$file" >/dev/null 2>&1 || die "BY_HAND: $file is dynamically linked, and the guest has no libraries: link it with -static"
done
start=$(date +%s)
log=$results/peers.log
content=$build/selftests-peers

"$repo_dir/scripts/selftests.sh" "$tree" "$build/selftests" || exit 1
rm -rf "$content"
cp -R "$build/selftests" "$content" || die "cannot write $content"
mkdir -p "$content/peers/by-hand" || die "cannot write $content"
"$repo_dir/scripts/peers-programs.sh" "$tree" "$content/peers" || exit 1
for file in ${BY_HAND:-}; do
	cp -L "$file" "$content/peers/by-hand/" || die "cannot write $content"
done
install -m 755 "$repo_dir/scripts/peers-guest.sh" "$content/peers/run" || die "cannot write $content"
"$repo_dir/scripts/guest-image.sh" "$content" "$build/peers.cpio.gz" || exit 1

# Room for a dozen programs, each of which may hang.
QUIET=$(($3 + 120)) MEM=${MEM:-2048} APPEND="vma_lock.cmd=\"peers/run $3\"" \
	"$repo_dir/scripts/guest-boot.sh" "$kernel" "$build/peers.cpio.gz" "$log" $((300 + $3 * 30))
status=$?
record_stage "$results" peers kselftest $status $(($(date +%s) - start)) "${log##*/}"

# From counts to rates. The transitions are the kernel's, in its order.
tr -d '\r' <"$log" | sed -n 's/^\(\[[^]]*\]\)* *vma-lock peer: //p' >"$results/peers.raw"
[ -s "$results/peers.raw" ] || die "no program was run: see $log"
awk -v kernel="$(cat "$results/kernel" 2>/dev/null)" -v text="$results/peers.txt" -v json="$results/peers.json" '
function rate(count) {
	count /= seconds
	return count == 0 ? "0" : count < 10 ? sprintf("%.2f", count) : sprintf("%d", count)
}
{
	program = $0; sub(/^.*[|] /, "", program)
	seconds = $2
	if (seconds <= 0) next
	line = sprintf("%s\"program\": \"%s\", \"status\": \"%s\", \"seconds\": %s, \"per_second\": {", "  {", program, $1, seconds)
	row = sprintf("%-36s", program)
	head = sprintf("%-36s", "a second")
	for (i = 3; $i != "|"; i += 2) {
		head = head sprintf(" %*s", length($i) > 8 ? length($i) : 8, $i)
		row = row sprintf(" %*s", length($i) > 8 ? length($i) : 8, rate($(i + 1)))
		line = line sprintf("%s\"%s\": %.3f", i > 3 ? ", " : "", $i, $(i + 1) / seconds)
		if ($i == "W2") {
			waits = $(i + 1) / seconds
			if (program == "vma_lock_stress") ours = waits
			else if (program ~ /^vma_lock_stress /) alone = waits
			else if (program ~ /^stress-ng .*--vma/) { if (waits > vma) vma = waits }
			if (program !~ /^vma_lock_stress/ && waits >= best) { best = waits; who = program }
		}
	}
	if (NR == 1) print head >text
	print row >text
	objects = objects (NR > 1 ? ",\n" : "") line "}}"
}
END {
	printf "\nwriters that wait for a reader (W2), a second: vma_lock_stress %.1f", ours >text
	printf ", its scenario short_holds alone %.1f, the best peer (%s) %.1f", alone, who, best >text
	printf ", stress-ng --vma %.2f\n", vma >text
	printf "{\n \"kernel\": \"%s\",\n \"programs\": [\n%s\n ]\n}\n", kernel, objects >json
}' "$results/peers.raw"
rm -f "$results/peers.raw"
cat "$results/peers.txt"
exit $status
