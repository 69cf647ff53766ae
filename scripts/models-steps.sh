#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Compare the steps of the models with those of a kernel: the order of what is
# atomic or orders memory, by name.
#
#   models-steps.sh TREE LINEAGE   LINEAGE: what models/steps has, as 7.x+fixes
#   models-steps.sh -p TREE LINEAGE    print the kernel's steps as they are, in
#                                  the form of models/steps/LINEAGE
#
# models/steps/LINEAGE says which steps the kernels of a lineage take, function by
# function; a lineage A+B has those of A but for the functions in A+B itself. TREE
# must take exactly these. The Promela model names its steps ("@ FUNCTION: STEP"),
# and a litmus test the function that a line stands for ("// FUNCTION()"): they
# must be in order, and ordered, as in LINEAGE. Status 0 if so; otherwise the
# differences are on stdout.

. "$(dirname -- "$0")/lib.sh"

steps=$repo_dir/models/steps
print=
case ${1:-} in
-h | --help) usage; exit 0 ;;
-p) print=1; shift ;;
esac
[ $# -eq 2 ] || { usage >&2; die "wrong arguments: '$*'"; }
check_kernel_tree "$1"
tree=$1
lineage=$2
[ -f "$steps/$lineage" ] ||
	die "no steps are known for '$lineage': there are $(cd "$steps" && printf '%s\n' [0-9]* | grep -v -E '[.](functions|orderings)$' | paste -sd' ')"
functions=$steps/functions
[ ! -f "$steps/$lineage.functions" ] || functions=$steps/$lineage.functions
orderings=$steps/orderings
[ ! -f "$steps/$lineage.orderings" ] || orderings=$steps/$lineage.orderings
work=$(mktemp -d "${TMPDIR:-/tmp}/vma-lock.XXXXXX") || die "cannot create a temporary directory"
on_exit "rm -rf '$work'"

# lines FILE: without comments and empty lines.
lines() {
	sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$1"
}

# of_kernel: the steps that the tree takes.
of_kernel() {
	lines "$functions" | while read -r file names; do
		for name in $names; do
			optional=${name%"${name#[?]}"}
			name=${name#[?]}
			if awk -v name="$name" -f "$repo_dir/models/cut.awk" "$tree/$file" >"$work/cut" 2>/dev/null; then
				awk -v name="$name" -f "$repo_dir/models/steps.awk" "$work/cut"
			elif [ -z "$optional" ]; then
				printf '%s: is not in %s\n' "$name" "$file"
			fi
		done
	done
}

# of_lineage: what models/steps says, in the order of the functions.
of_lineage() {
	base=${lineage%%+*}
	[ "$base" != "$lineage" ] && [ -f "$steps/$base" ] || base=$lineage
	lines "$functions" | sed 's/^[^[:space:]]*//; s/[?]//g' | tr -s '[:blank:]' '\n' | sed '/^$/d' |
		while read -r name; do
			if lines "$steps/$lineage" | grep -q "^$name: "; then
				lines "$steps/$lineage" | grep "^$name: "
			else
				lines "$steps/$base" | grep "^$name: "
			fi
		done
}

of_kernel >"$work/kernel"
if [ -n "$print" ]; then
	cat "$work/kernel"
	exit 0
fi
of_lineage >"$work/lineage"
status=0
if ! diff -U2 --label "models/steps/$lineage" --label "Linux $(kernel_release "$tree")" \
	"$work/lineage" "$work/kernel"; then
	status=1
fi

# The Promela model: the functions that it names, in its order, without what has
# no meaning there. It is of the lock as 7.x has it.
if [ "${lineage%%+*}" = 7.x ]; then
	grep -o '@ [a-z_]*: .* [*]/' "$repo_dir/models/vma_lock.pml" | sed 's/^@ //; s, [*]/$,,' >"$work/tags"
	sed 's/:.*//' "$work/tags" | sort -u | while read -r name; do
		grep "^$name: " "$work/tags" >"$work/model"
		lines "$steps/7.x" | grep "^$name: " | grep -v -E ': (__vma_lockdep_|kcsan_)' >"$work/source"
		diff -U2 --label models/vma_lock.pml --label models/steps/7.x "$work/model" "$work/source" ||
			touch "$work/differs"
	done
fi

# The litmus tests of the kernel as it is: FUNCTION() stands for one operation, with
# the ordering that a step of the lineage gives it.
which=fixed
[ "$lineage" != 7.x ] || which=7.x
litmus=$repo_dir/tools/memory-model/litmus-tests/vma-lock
lines "$orderings" | while read -r form name operation step; do
	case $form in both | "$which") ;; *) continue ;; esac
	grep -q -F -x "$step" "$work/lineage" || {
		printf "%s() is '%s' in the litmus tests for the sake of the step '%s', which %s has not\n" \
			"$name" "$operation" "$step" "$lineage"
		touch "$work/differs"
	}
	for file in "$litmus"/*.litmus; do
		case $file in *+*) continue ;; esac
		[ "$which" = 7.x ] || [ ! -f "${file%.litmus}+fixed.litmus" ] || file=${file%.litmus}+fixed.litmus
		grep -n "// $name()" "$file" | grep -v -E "[^a-z_]$operation\\(" | while read -r line; do
			printf "%s:%s: not '%s', as models/steps/%s says of %s()\n" \
				"${file##*/}" "$line" "$operation" "${orderings##*/}" "$name"
			touch "$work/differs"
		done
	done
done
[ ! -e "$work/differs" ] || status=1
exit $status
