#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Turn the values that bench.sh took into tables and a verdict.
#
#   bench-report.sh RESULTS "KERNEL..."
#
# Reads RESULTS/values, a line a value with six fields between tabs: kernel, boot
# (count, memory, roundN or againN), kind, name, value, unit; and
# RESULTS/KERNEL/kernel. Writes RESULTS/cost.txt, the same to stdout, and
# RESULTS/cost.json.
#
# A kernel with layers is measured by the same version without them, where that
# is among the KERNELs; any other by the first. A ratio is the median of the
# rounds' ratios, each of values of the same round. The interval beside it leaves
# out the least and the most of them (from 7 rounds on): of 11 rounds it holds the
# true median with 98.8 percent. Noise is the same interval for the first kernel's
# second guest, measured by its first.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
2:-*) usage >&2; die "wrong arguments: '$*'" ;;
2:*) ;;
*) usage >&2; die "a results folder and a list of kernels are wanted, not $# arguments" ;;
esac
[ -s "$1/values" ] || die "$1/values: nothing was measured"
bad=$(awk -F '\t' 'NF != 6 || $5 !~ /^[0-9.]+$/ { print NR ": " $0; exit }' "$1/values")
[ -z "$bad" ] || die "$1/values, line $bad: six fields between tabs are wanted, the fifth a number"

releases=$(for kernel in $2; do
	printf '%s\t%s\n' "$kernel" "$(cat "$1/$kernel/kernel" 2>/dev/null || echo 'of unknown version')"
done)
printf '%s\n' "$releases" | awk -F '\t' -v kernels="$2" -v json="$1/cost.json.new" '
# median of the n values in array v, which is sorted on the way
function median(v, n,	i, j, t) {
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && v[j - 1] > v[j]; j--) {
			t = v[j]; v[j] = v[j - 1]; v[j - 1] = t
		}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
function row(label, cells,	i, line) {
	line = sprintf("  %-21s", label)
	for (i = 1; i <= K; i++)
		line = line sprintf(" %23s", cells[i])
	print line
}
function heading(title,	i, cells) {
	print ""
	print title
	for (i = 1; i <= K; i++)
		cells[i] = kernel[i]
	row("", cells)
}
function number(x) {
	return x == int(x) ? sprintf("%d", x) : sprintf("%.1f", x)
}
# a value of a round, of the first kernel the mean of its two guests
function in_round(k, r, kind, name,	x, y) {
	x = value[k, "round" r, kind, name]
	y = value[k, "again" r, kind, name]
	return k == kernel[1] && y ? (x + y) / 2 : x
}
# ratios of the rounds: the median, and the ends of the interval in low and high
function ratio(i, kind, name,	r, x, b, m, v, mid) {
	for (r = 1; r <= rounds; r++) {
		if (i == 1) {
			b = value[kernel[1], "round" r, kind, name]
			x = value[kernel[1], "again" r, kind, name]
		} else {
			b = in_round(base[i], r, kind, name)
			x = in_round(kernel[i], r, kind, name)
		}
		if (b && x)
			v[++m] = x / b
	}
	if (!m)
		return 0
	mid = median(v, m)
	low = m < 7 ? v[1] : v[2]
	high = m < 7 ? v[m] : v[m - 1]
	return mid
}
function rates(kind, title,	n, name, i, r, x, m, v, word, cells) {
	heading(title)
	printf ",\n\t\"%s\": {", kind >json
	for (n = 1; n <= count[kind]; n++) {
		name = names[kind, n]
		m = 0
		for (r = 1; r <= rounds; r++)
			if (value[kernel[1], "round" r, kind, name])
				v[++m] = in_round(kernel[1], r, kind, name)
		x = median(v, m)
		cells[1] = sprintf("%d", x)
		printf "%s\n\t\t\"%s\": { \"%s\": %d", (n > 1 ? "," : ""), name, kernel[1], x >json
		if (ratio(1, kind, name)) {
			cells[1] = sprintf("%d (%.3f-%.3f)", x, low, high)
			printf ", \"noise\": [%.4f, %.4f]", low, high >json
		}
		for (i = 2; i <= K; i++) {
			x = ratio(i, kind, name)
			cells[i] = "-"
			if (!x)
				continue
			word = rounds < 5 ? "?" : high < 1 ? "-" : low > 1 ? "+" : "="
			if (word == "-")
				slower[i, kind] = slower[i, kind] (slower[i, kind] ? ", " : "") name
			cells[i] = sprintf("%s %.3f (%.3f-%.3f)", word, x, low, high)
			printf ", \"%s\": { \"ratio\": %.4f, \"interval\": [%.4f, %.4f] }", kernel[i], x, low, high >json
		}
		printf " }" >json
		row(name, cells)
	}
	printf "\n\t}" >json
}
BEGIN {
	K = split(kernels, kernel, " ")
	for (i = 1; i <= K; i++)
		is_kernel[kernel[i]] = 1
	for (i = 1; i <= K; i++) {
		version = kernel[i]
		sub(/[+].*/, "", version)
		base[i] = version != kernel[i] && is_kernel[version] ? version : kernel[1]
	}
}
FILENAME == "-" { release[$1] = $2; next }
{
	value[$1, $2, $3, $4] = $5
	if (!seen[$3, $4]++)
		names[$3, ++count[$3]] = $4
	if ($2 ~ /^round/ && substr($2, 6) + 0 > rounds)
		rounds = substr($2, 6) + 0
}
END {
	printf "{\n\t\"kernels\": {" >json
	for (i = 1; i <= K; i++) {
		printf "%s is Linux %s%s\n", kernel[i], release[kernel[i]], (i > 1 ? ", compared with " base[i] : "")
		printf "%s\n\t\t\"%s\": { \"release\": \"%s\", \"base\": \"%s\" }", (i > 1 ? "," : ""), kernel[i], release[kernel[i]], base[i] >json
	}
	printf "\n\t}" >json

	heading("Memory, bytes of slab a VMA")
	printf ",\n\t\"memory\": {" >json
	for (n = 1; n <= count["memory"]; n++) {
		name = names["memory", n]
		printf "%s\n\t\t\"%s\": {", (n > 1 ? "," : ""), name >json
		sep = ""
		for (i = 1; i <= K; i++) {
			x = value[kernel[i], "memory", "memory", name]
			cells[i] = x == "" ? "-" : number(x)
			if (x != "") {
				printf "%s \"%s\": %s", sep, kernel[i], number(x) >json
				sep = ","
			}
		}
		printf " }" >json
		row(name, cells)
	}
	printf "\n\t}" >json

	heading("Instructions, median")
	printf ",\n\t\"instructions\": {" >json
	for (n = 1; n <= count["count"]; n++) {
		name = names["count", n]
		printf "%s\n\t\t\"%s\": {", (n > 1 ? "," : ""), name >json
		sep = ""
		for (i = 1; i <= K; i++) {
			x = value[kernel[i], "count", "count", name]
			b = value[base[i], "count", "count", name]
			cells[i] = x == "" ? "-" : number(x)
			if (x == "")
				continue
			printf "%s \"%s\": %s", sep, kernel[i], number(x) >json
			sep = ","
			if (i > 1 && b > 0)
				cells[i] = cells[i] sprintf(" (%+.1f%%)", 100 * (x - b) / b)
		}
		printf " }" >json
		row(name, cells)
	}
	printf "\n\t}" >json

	if (rounds) {
		rates("time", "Operations a second of the clock, and ratios; " rounds " rounds")
		rates("cpu", "Operations a second of the processor, and ratios; " rounds " rounds")
		print ""
		print "  = the interval holds 1, + faster, - slower, ? too few rounds to say; at the first"
		print "  kernel: the same once more."
	}

	print ""
	for (i = 2; i <= K; i++) {
		if (base[i] == kernel[i] || kernel[i] !~ /[+]/)
			continue
		x = value[kernel[i], "memory", "memory", "vma_with_lock"]
		b = value[base[i], "memory", "memory", "vma_with_lock"]
		printf "%s: memory: %s bytes a VMA with its lock, %s %s of %s\n", kernel[i], number(x),
			(x < b ? "less than" : x > b ? "more than" : "as the"), number(b), base[i]
		for (j = 1; j <= K; j++) {
			if (kernel[j] !~ /^7[.][0-9]+$/ || kernel[i] ~ /^7/)
				continue
			more = ""
			for (n = 1; n <= count["count"]; n++) {
				name = names["count", n]
				# What takes more than the lock differs by all that changed between the kernels.
				if (name !~ /^(read|write)_/)
					continue
				x = value[kernel[i], "count", "count", name] + 0
				b = value[kernel[j], "count", "count", name] + 0
				if (x > b)
					more = more (more ? ", " : "") name " " x " > " b
			}
			printf "%s: instructions of each step of the lock: %s than %s%s\n", kernel[i],
				(more ? "more" : "never more"), kernel[j], (more ? ": " more : "")
		}
		if (rounds) {
			printf "%s: operations slower than %s beyond noise: by the clock: %s; by the processor: %s\n",
				kernel[i], base[i], (slower[i, "time"] ? slower[i, "time"] : "none"),
				(slower[i, "cpu"] ? slower[i, "cpu"] : "none")
		}
	}
	printf "\n}\n" >json
}' - "$1/values" >"$1/cost.txt.new" || die "the values in $1/values make no report"
{ mv "$1/cost.txt.new" "$1/cost.txt" && mv "$1/cost.json.new" "$1/cost.json"; } || die "cannot write to $1"
cat "$1/cost.txt"
