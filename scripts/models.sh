#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Check the models of the lock: memory ordering with herd7, every interleaving with
# Spin, the kernel's own functions with CBMC, and that the models still take the
# steps that the kernels take.
#
#   models.sh [-l] [-n REGEX] [PART...]
#                              PART: litmus hardware spin cbmc steps (default: all);
#                              -l: the large searches, too, which take an hour and 12
#                              GiB of memory; -n: only what REGEX matches of the table
#
# The environment says for which kernel cbmc and steps do it: KDIR=TREE or KVER=7.3,
# with FIXES=1 or PORT=1; without that it is all that the models know: 7.3 and 7.2, as
# they are and with the fixes of port/7.x, and 6.12 with the ported lock. RESULTS=DIR
# keeps the logs. JOBS=N at a time (default: a processor each).
#
# The table on stdout has a line for each edge or property: what holds as the kernel
# is, and in how many of its weakened forms the fault was found. The status is 0 only
# if every verdict is the expected one. What a tool that cannot be had leaves out is
# named and counted as skipped.

. "$(dirname -- "$0")/lib.sh"

large=
only=
while [ $# -gt 0 ]; do
	case $1 in
	-h | --help) usage; exit 0 ;;
	-l) large=1 ;;
	-n)
		[ $# -ge 2 ] || die "-n needs a regular expression"
		only=$2
		shift
		;;
	litmus | hardware | spin | cbmc | steps) parts="${parts:-} $1" ;;
	*) usage >&2; die "'$1' is no part of the models: litmus hardware spin cbmc steps" ;;
	esac
	shift
done
parts=${parts:-litmus hardware spin cbmc steps}
jobs=${JOBS:-$(nproc)}
case $jobs in '' | *[!0-9]* | 0*) die "JOBS=$jobs: a number from 1 on is needed" ;; esac
started=$(date +%s)
scripts=$repo_dir/scripts
tests=$repo_dir/tools/memory-model/litmus-tests/vma-lock

temporary=${TMPDIR:-/tmp}
work=$(mktemp -d "$temporary/vma-lock.XXXXXX" 2>/dev/null) ||
	die "cannot create a directory in $temporary: set TMPDIR=DIR"
on_exit "rm -rf '$work'"
free=$(df -Pm "$work" | awk 'NR == 2 { print $4 }')
[ "$free" -ge 100 ] ||
	die "$temporary has $free MiB free, the models need 100: make room or set TMPDIR=DIR"
mkdir "$work/log"
ln -s "$repo_dir" "$work/repo"
: >"$work/plan"
: >"$work/verdicts"
: >"$work/skipped"

wants() {
	case " $parts " in *" $1 "*) return 0 ;; esac
	return 1
}

# plan WORD...: one more job.
plan() {
	_tab=
	for _word; do
		printf '%s%s' "$_tab" "$_word"
		_tab='	'
	done >>"$work/plan"
	echo >>"$work/plan"
}

skip() {
	note "SKIP $1: $2"
	printf '%s\t%s\n' "$1" "$2" >>"$work/skipped"
}

# tool NAME PART...: its command; if it cannot be had, the parts are left out.
tool() {
	_tool=$1
	shift
	if ! _command=$("$scripts/models-tools.sh" "$_tool" 2>"$work/tool.err"); then
		cat "$work/tool.err" >&2
		for _part; do
			! wants "$_part" || skip "$_part" "$(tail -n 1 "$work/tool.err")"
			parts=$(printf ' %s ' "$parts" | sed "s/ $_part / /g")
		done
		_command=
	fi
}

lines() {
	sed 's/#.*//; /^[[:space:]]*$/d' "$1"
}

# options_of PROPERTY LIST WORDS: its options, past that many words.
options_of() {
	awk -v p="$1" -v n="$3" '$1 == "property" && $2 == p {
		for (i = 1; i <= n; i++)
			$i = ""
		print
	}' "$2"
}

# layered SOURCE PORT LAYER TREE: the files of the source that the models or the rules
# name, with the rules applied. Copying all of a source takes much longer.
layered() {
	mkdir -p "$work/part" "$work/tree"
	rm -rf "$work/part/linux"
	{
		printf '%s\n' Makefile Kbuild mm/Kconfig
		sed -n '/^[a-z].*[/]/s/[[:space:]].*//p' "$repo_dir"/models/steps/*functions "$repo_dir"/models/cbmc/*functions
		(cd "$repo_dir/port/$2" && sed 's/#.*//' series "$3.series" | while read -r kind what rest; do
			case $kind in
			patch) sed -n 's,^+++ b/,,p' "$what" ;;
			exports) sed '/^#/d; s/[[:space:]].*//' "$what" ;;
			cocci) printf '%s\n' "$rest" | tr ' ' '\n' ;;
			esac
		done)
	} | sort -u | while read -r file; do
		[ -f "$1/$file" ] || continue
		mkdir -p "$work/part/linux/$(dirname "$file")"
		cp "$1/$file" "$work/part/linux/$file"
	done
	"$scripts/overlay.sh" copy "$work/part/linux" "$4" "$3" || exit 1
}

# The kernels: a name, its tree and the lineage of its lock, in $work/kernels.
kernel() {
	_name=$1
	_source=$2
	_lineage=$3
	_layer=$4
	if [ -n "$_layer" ]; then
		_series=$repo_dir/port/$(port_of "$_source")/$_layer.series
		if [ ! -f "$_series" ] || [ ! -f "$repo_dir/models/steps/$_lineage" ]; then
			skip "$_name" "$([ -f "$_series" ] && echo "models/steps has no $_lineage" || echo "${_series#"$repo_dir/"} is not there yet")"
			return 0
		fi
		_tree=$work/tree/$_name
		layered "$_source" "$(port_of "$_source")" "$_layer" "$_tree"
	else
		_tree=$_source
	fi
	printf '%s\t%s\t%s\n' "$_name" "$_tree" "$_lineage" >>"$work/kernels"
}

: >"$work/kernels"
if [ -n "${KDIR:-}${KVER:-}" ]; then
	chosen=${KVER:-}
	[ -z "${KDIR:-}" ] || chosen=KDIR
	source=$(kernel_source "$chosen") || exit 1
	version=$(kernel_version "$source")
	case $(port_of "$source"):${PORT:+port}${FIXES:+fixes} in
	6.12:port) kernel "$version+port" "$source" 6.12+port port ;;
	6.12:*) die "Linux $version still has the lock as a semaphore, which the models do not know: PORT=1 is needed" ;;
	7.*:fixes) kernel "$version+fixes" "$source" 7.x+fixes fixes ;;
	7.*:) kernel "$version" "$source" 7.x '' ;;
	*) die "PORT=1 is for 6.12, FIXES=1 for 7.x" ;;
	esac
	[ -s "$work/kernels" ] || die "nothing to check for Linux $version"
elif wants cbmc || wants steps; then
	for version in 7.3 7.2; do
		source=$(kernel_source "$version") || exit 1
		kernel "$version" "$source" 7.x ''
		kernel "$version+fixes" "$source" 7.x+fixes fixes
	done
	source=$(kernel_source 6.12) || exit 1
	kernel 6.12+port "$source" 6.12+port port
fi

# Memory ordering.
if wants litmus || wants hardware; then
	tool herd7 litmus hardware
	HERD7=$_command
	export HERD7
fi
if wants litmus; then
	# The model is the kernel's: of the newest tree there is.
	model=$(kernel_source '') || exit 1
	[ -f "$model/tools/memory-model/linux-kernel.cfg" ] || die "$model has no tools/memory-model"
	ln -s "$model/tools/memory-model" "$work/memory-model"
	for file in "$tests"/*.litmus; do
		name=$(basename "$file" .litmus)
		case $name in
		*+fixed*) plan litmus "${name%%+*}" "fixed${name#*+fixed}" "$file" ;;
		*+*) plan litmus "${name%%+*}" "${name#*+}" "$file" ;;
		*) plan litmus "$name" asis "$file" ;;
		esac
	done
fi
if wants hardware; then
	for file in "$tests"/hardware/*.litmus; do
		name=$(basename "$file" .litmus)
		arch=${name##*.}
		name=${name%.*}
		case $name in
		*+fixed) plan hardware "${name%+*} $arch" fixed "$file" ;;
		*) plan hardware "$name $arch" asis "$file" ;;
		esac
	done
fi

# Interleavings.
if wants spin; then
	tool spin spin
fi
if wants spin; then
	lines "$repo_dir/models/vma_lock.spin" >"$work/spin.list"
	cp "$work/spin.list" "$work/spin.plan"
	while read -r kind name size claim options; do
		# shellcheck disable=SC2086 # a list of options
		case $kind:$size in
		property:small) plan spin "$name" holds "$claim" $options ;;
		known:small) plan spin "$name" known "$claim" $options ;;
		property:large) [ -z "$large" ] || plan spin "$name" holds "$claim" $options ;;
		break:*)
			options=$(options_of "$size" "$work/spin.list" 3)
			[ -n "$options" ] || die "models/vma_lock.spin: break $name is for '$size', which is no property"
			plan spin "$size" "$name" $options
			;;
		esac
	done <"$work/spin.plan"
fi

# The kernel's own functions.
# cut_lock TREE LINEAGE
cut_lock() {
	_functions=functions
	[ ! -f "$repo_dir/models/cbmc/$2.functions" ] || _functions=$2.functions
	lines "$repo_dir/models/cbmc/$_functions" | while read -r file names; do
		if [ "$file" = prototype ]; then
			printf '%s\n' "$names"
			continue
		fi
		for name in $names; do
			awk -v name="${name#[?]}" -f "$repo_dir/models/cut.awk" "$1/$file" ||
				[ "${name#[?]}" != "$name" ] ||
				die "$1/$file has no $name any more, which models/cbmc checks: adapt models/cbmc/$_functions"
			echo
		done || exit 1
	done
}
if wants cbmc; then
	tool cbmc cbmc
	CBMC=$_command
	export CBMC
fi
if wants cbmc; then
	lines "$repo_dir/models/cbmc/properties" >"$work/cbmc.list"
	cp "$work/cbmc.list" "$work/cbmc.plan"
	first=$(sed -n '1s/	.*//p' "$work/kernels")
	while read -r kernel tree lineage; do
		mkdir "$work/$kernel"
		cut_lock "$tree" "$lineage" >"$work/$kernel/lock.h" || exit 1
		which=fixed
		[ "$lineage" != 7.x ] || which=7.x
		while read -r kind name of size options; do
			if [ "$kind" = break ]; then
				# Once for each lineage: the functions are the same but for the fixes.
				[ "$kernel" = "$first" ] || [ "$lineage" = 6.12+port ] || continue
				options=$(options_of "$of" "$work/cbmc.list" 4)
				# shellcheck disable=SC2086 # a list of options
				plan cbmc "$of $kernel" "$name" "$kernel" $options
				continue
			fi
			case $of in both | "$which") ;; *) continue ;; esac
			[ "$size" = small ] || [ -n "$large" ] || continue
			form=holds
			[ "$kind" = property ] || form=known
			# shellcheck disable=SC2086 # a list of options
			plan cbmc "$name $kernel" $form "$kernel" $options
		done <"$work/cbmc.plan"
	done <"$work/kernels"
fi

if wants steps; then
	while read -r kernel tree lineage; do
		plan steps "$kernel" asis "$tree" "$lineage"
	done <"$work/kernels"
fi

if [ -n "$only" ]; then
	cut -f2 "$work/plan" | grep -n -E -e "$only" | sed 's/:.*/p/' >"$work/only"
	sed -n -f "$work/only" "$work/plan" >"$work/plan.only" && mv "$work/plan.only" "$work/plan"
	[ -s "$work/plan" ] || [ -s "$work/skipped" ] || die "'$only' matches no edge or property of: $parts"
fi
total=$(wc -l <"$work/plan")
if [ -n "$large" ]; then
	MEMLIM=12000 DEPTH=50000000 SPIN_TIMEOUT=3600 CBMC_TIMEOUT=3600
	export MEMLIM DEPTH SPIN_TIMEOUT CBMC_TIMEOUT
	jobs=1
fi
[ -z "${RESULTS:-}" ] || mkdir -p "$RESULTS/models" 2>/dev/null ||
	die "cannot create the results folder $RESULTS"
note "$total checks, $jobs at a time"
# The words of a job have no blanks but for the tabs between them.
tr '\n' '\0' <"$work/plan" | setsid xargs -0 -P "$jobs" -n 1 \
	sh -c 'set -f; IFS="	"; exec sh "$1/repo/scripts/models-job.sh" "$1" $2' sh "$work" &
_phase_pid=$!
while kill -0 "$_phase_pid" 2>/dev/null; do
	sleep 0.5
	if [ -t 2 ]; then
		printf '\r%d of %d checks done in %s ' "$(wc -l <"$work/verdicts")" "$total" \
			"$(elapsed $(($(date +%s) - started)))" >&2
	elif [ $(($(date +%s) - started)) -ge $((${said:-0} + 30)) ]; then
		said=$(($(date +%s) - started))
		note "$(wc -l <"$work/verdicts") of $total checks done in $(elapsed "$said")"
	fi
done
wait "$_phase_pid"
_phase_pid=
[ -t 2 ] && printf '\r\033[K' >&2

if [ -n "${RESULTS:-}" ]; then
	cp "$work"/log/* "$work/verdicts" "$RESULTS/models/" ||
		die "cannot write to the results folder $RESULTS"
fi

# The table: the jobs of an edge or property are a line of it, in the plan's order.
sort -t '	' -k1,1 -k2,2 "$work/verdicts" | awk -F '\t' -v skipped="$(wc -l <"$work/skipped")" \
	-v total="$total" -v seconds="$(($(date +%s) - started))" \
	-v results="${RESULTS:+$RESULTS/models/}" '
	BEGIN {
		tool["litmus"] = "herd7 LKMM"; tool["hardware"] = "herd7"; tool["spin"] = "Spin"
		tool["cbmc"] = "CBMC"; tool["steps"] = "source"
		printf "%-11s %-34s %-36s %-24s %-14s %6s\n", "tool", "edge or property", "as it is",
			"fixed", "weakened", "time"
	}
	function good(expected, found) {
		return found == expected || index(found, expected ": ") == 1 || index(found, expected " (") == 1
	}
	function log_name(path) {
		sub(/.*\//, "", path)
		return path
	}
	function flush() {
		if (edge == "")
			return
		printf "%-11s %-34s %-36s %-24s %-14s %5.1fs\n", tool[kind], edge, asis, fixed,
			weak ? caught " of " weak " caught" : "-", time
	}
	{
		if ($1 != kind || $2 != edge) {
			flush()
			kind = $1; edge = $2; asis = fixed = "-"; weak = caught = time = 0
		}
		time += $6
		ok = good($4, $5)
		passed += ok
		if (!ok)
			bad = bad sprintf("%s, %s (%s): expected %s, found %s; log: %s\n", $1, $2, $3, $4, $5,
				results == "" ? "RESULTS=DIR keeps it" : results log_name($7))
		short = $5
		sub(/: .*/, "", short)
		if (!ok)
			short = short " - WRONG"
		if ($3 == "asis" || $3 == "holds" || $3 == "known") {
			known_hole = $3 == "known" || ($1 != "steps" && $3 == "asis" && $4 ~ /^Sometimes/)
			if (ok && known_hole) {
				short = short ", known weakness"
				known++
			}
			if ($2 ~ /[+](fixed|count)/)
				fixed = short
			else
				asis = short
		} else if ($3 ~ /^fixed/)
			fixed = fixed == "-" ? short : fixed "; " short
		else {
			weak++
			caught += ok
		}
	}
	END {
		flush()
		printf "%s", bad
		wrong = NR - passed
		if (NR != total) {
			printf "%d checks gave no verdict\n", total - NR
			wrong += total - NR
		}
		printf "%d verdicts as expected (%d of them known weaknesses), %d wrong, %d skipped, in %d:%02d\n",
			passed, known, wrong, skipped, seconds / 60, seconds % 60
		exit wrong > 0 || passed == 0
	}'
