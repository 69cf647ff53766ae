#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The measuring and the comparing, as far as no kernel has to be built: the program,
# the tables, and what both scripts refuse.

. "$(dirname -- "$0")/lib.sh"
"$scripts/packages.sh" || exit 1

here=$repo/tools/testing/vma_lock_cost
check "vma_lock_cost builds" gcc -O2 -Wall -Wextra -Werror -static -pthread \
	-o "$tmp/vma_lock_cost" "$here/vma_lock_cost.c"
cost=$tmp/vma_lock_cost
for op in $("$cost" list | awk '{ print $1 }'); do
	check "time $op, 2 threads" sh -c '"$1" time -t 2 -m 50 "$2" | grep -qE "^cost time $2.2 [1-9][0-9]* per_second$"' sh "$cost" "$op"
done
refuses "count, where the counter counts time" 'boot with qemu -icount' "$cost" count fault_read
refuses "an unknown operation" "no operation 'moon'" "$cost" time moon
refuses "no threads" '\-t: a number from 1' "$cost" time -t 0
refuses "too many threads" '\-t: a number from 1 to' "$cost" time -t 1000
refuses "a time that is none" '\-m: a number from 1' "$cost" time -m 1x
refuses "more VMAs than the limit" 'max_map_count' "$cost" memory 10000000
refuses "an unknown command" 'usage:' "$cost" weigh

# Two kernels, the second with its layer: less memory, fewer and more instructions,
# one operation twice as fast, one half as fast, and one that is not always slower.
mkdir "$tmp/values"
awk -v OFS='\t' 'BEGIN {
	print "6.12", "memory", "memory", "vma_with_lock", "240.2", "bytes"
	print "6.12+port", "memory", "memory", "vma_with_lock", "192.4", "bytes"
	print "7.3", "memory", "memory", "vma_with_lock", "192.4", "bytes"
	print "6.12", "count", "count", "read_lock", "9", "instructions"
	print "6.12+port", "count", "count", "read_lock", "100", "instructions"
	print "7.3", "count", "count", "read_lock", "50", "instructions"
	print "6.12", "count", "count", "write_lock", "30", "instructions"
	print "6.12+port", "count", "count", "write_lock", "15", "instructions"
	print "7.3", "count", "count", "write_lock", "15", "instructions"
	for (r = 1; r <= 5; r++) {
		print "6.12", "round" r, "time", "fault_read.1", 1000 * r, "per_second"
		print "6.12", "again" r, "time", "fault_read.1", 1100 * r, "per_second"
		print "6.12+port", "round" r, "time", "fault_read.1", 2100 * r, "per_second"
		print "6.12", "round" r, "time", "fork.1", 100, "per_second"
		print "6.12", "again" r, "time", "fork.1", 100, "per_second"
		print "6.12+port", "round" r, "time", "fork.1", 50, "per_second"
		print "6.12", "round" r, "time", "mprotect.1", 100, "per_second"
		print "6.12", "again" r, "time", "mprotect.1", 110, "per_second"
		print "6.12+port", "round" r, "time", "mprotect.1", 80 + 10 * r, "per_second"
	}
}' >"$tmp/values/values"
check "the tables" "$scripts/bench-report.sh" "$tmp/values" "6.12 6.12+port 7.3"
table=$tmp/values/cost.txt
check "less memory" grep -q '^6.12+port: memory: 192.4 bytes a VMA with its lock, less than 240.2 of 6.12' "$table"
check "fewer instructions, in percent" grep -q 'write_lock .* 15 (-50.0%)' "$table"
check "more instructions than 7.3: which, and how many" \
	grep -q 'more than 7.3: read_lock 100 > 50$' "$table"
check "a ratio is of the same round" grep -qE 'fault_read.1 .*[+] 2[.]000' "$table"
check "slower beyond noise: fork alone" grep -q 'slower than 6.12 beyond noise: by the clock: fork.1; by the processor: none$' "$table"
check "within noise" grep -qE 'mprotect.1 .*= 1[.]048 .0[.]857-1[.]238' "$table"
check "too few rounds to say" sh -c 'mkdir "$2/few" && grep -vE "(round|again)[345]" "$2/values/values" >"$2/few/values" &&
	"$1" "$2/few" "6.12 6.12+port 7.3" | grep -qE "fork.1 .*[?] 0[.]500"' sh "$scripts/bench-report.sh" "$tmp"
check "the JSON is some" python3 -m json.tool "$tmp/values/cost.json"
printf '6.12\tcount\tcount\tread_lock\tmany\tinstructions\n' >>"$tmp/values/values"
refuses "a value that is no number: its line" 'values, line [0-9]*: .*many' "$scripts/bench-report.sh" "$tmp/values" "6.12 7.3"
: >"$tmp/values/values"
refuses "nothing measured" 'nothing was measured' "$scripts/bench-report.sh" "$tmp/values" "6.12"

for script in bench compare; do
	refuses "$script: a kernel that is no version" "'moon' is no VERSION" env KERNELS="6.12 moon" "$scripts/$script.sh"
	refuses "$script: a layer without a name" "'6.12[+]' is no VERSION" env KERNELS="6.12 6.12+" "$scripts/$script.sh"
	refuses "$script: a kernel twice" '6.12 is there twice' env KERNELS="6.12 6.12" "$scripts/$script.sh"
	refuses "$script: KDIR without one" 'no KDIR=' env -u KDIR KERNELS="6.12 KDIR" "$scripts/$script.sh"
	refuses "$script: KDIR that is no kernel" 'not a kernel source tree' env -u KERNELS KDIR="$tmp" "$scripts/$script.sh"
	refuses "$script: another run in the cache" 'another run uses the cache' sh -c '
		mkdir -p "$2"; exec 8>"$2/lock"; flock 8; VMA_LOCK_CACHE="$2" KERNELS="6.12 7.3" LTP_DIR= "$1"' \
		sh "$scripts/$script.sh" "$tmp/cache"
done
refuses "debian-boot: a kernel that is no version" "'moon' is no VERSION" env KERNELS="debian moon" "$scripts/debian-boot.sh"
refuses "debian-boot: a cache that cannot be" 'cannot create the cache' env VMA_LOCK_CACHE=/proc/cache KERNELS=debian "$scripts/debian-boot.sh"
refuses "bench: rounds" 'ROUNDS=0' env ROUNDS=0 "$scripts/bench.sh"
refuses "bench: VMAs" 'VMAS=many' env VMAS=many "$scripts/bench.sh"
refuses "compare: one kernel" 'two are needed' env KERNELS=6.12 "$scripts/compare.sh"
refuses "compare: an unknown stage" "'moon' is none of" env STAGES=moon "$scripts/compare.sh"
refuses "compare: a pattern with quotes" 'quotes cannot be passed' env ONLY="it's" KERNELS="6.12 7.3" LTP_DIR= "$scripts/compare.sh"
refuses "vma-size: no kernel" 'not a kernel source tree' "$scripts/vma-size.sh" "$tmp" "$tmp"
if tree=$("$scripts/kernel-source.sh"); then
	refuses "vma-size: no build" 'is no build of a kernel' "$scripts/vma-size.sh" "$tree" "$tmp"
else
	not_ok "vma-size: no build" "no kernel source to try it on"
fi
refuses "compare: an LTP that is none" 'has no runtest/mm' env KERNELS="6.12 7.3" LTP_DIR="$tmp" "$scripts/compare.sh"
done_testing
