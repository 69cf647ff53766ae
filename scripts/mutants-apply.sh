#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Rewrite the steps of the lock into switches between right and wrong, one for
# each rule in mutants/.
#
#   mutants-apply.sh names VERSION          the mutants of this kernel
#   mutants-apply.sh files VERSION          the kernel files that they change
#   mutants-apply.sh apply VERSION DIR TREE change them in DIR, a copy of those
#                                           files of TREE; also the list of names
#                                           that the switches are numbered by
#
# All rules of a kernel file are one run of spatch. A rule must leave as many
# switches as it has in its text: nothing, or a step twice, is an error that
# names the rule and the file. Where a kernel spells a step otherwise, its rule is in
# mutants/VERSION/, of the same name; where only the file is another one, the header
# says so as "file VERSION".

. "$(dirname -- "$0")/lib.sh"

case ${1:-}:$# in
names:2 | files:2 | apply:4) ;;
-h:1 | --help:1) usage; exit 0 ;;
*) usage >&2; die "wrong arguments: '$*'" ;;
esac
rules=$repo_dir/mutants
version=$2

# spelling NAME: the rule of a mutant, from mutants/, as this kernel spells it.
spelling() {
	if [ -f "$rules/$version/$1.cocci" ]; then
		printf '%s\n' "$version/$1.cocci"
	else
		printf '%s\n' "$1.cocci"
	fi
}

# names: of the rules for this kernel; "kernels: 7.3" is one that newer ones have.
names() {
	(cd "$rules" && grep -H '^// kernels:' ./*.cocci /dev/null) |
		sed 's,^[.]/\(.*\)[.]cocci:// kernels:[[:space:]]*,\1 ,' |
		while read -r name from; do
			[ "$(printf '%s\n' "$from" "$version" | sort -V | head -n 1)" = "$from" ] || printf '%s\n' "$name"
		done >"$work/others"
	(cd "$rules" && printf '%s\n' *.cocci) | sed 's/[.]cocci$//' | grep -vxF -f "$work/others"
}

# rule_files: a line a rule, NAME FILE, in the order in which they are applied:
# those that repeat a step of the lock elsewhere must come last.
rule_files() {
	(cd "$rules" && grep -H "^// \\(order\\|file\\|file $version\\):" ./*.cocci "./$version"/*.cocci /dev/null 2>/dev/null) |
		sed 's,^[.]/,,; s,[.]cocci:// ,\t,; s,:[[:space:]]*,\t,' |
		awk -F '\t' -v version="$version" '
			{ name = $1; sub(/.*\//, "", name); names[name] = 1 }
			$2 == "order" { last[name] = 1 }
			# In the order of their weight: as a rule has it, but for this kernel, its own rule.
			$2 == "file" { weight = $1 == name ? 1 : 3 }
			$2 == "file " version { weight = 2 }
			$2 != "order" && weight > had[name] { had[name] = weight; file[name] = $3 }
			END { for (name in names) print last[name] + 0, name, file[name] }' |
		sort -k1,1n -k2,2 | cut -d' ' -f2- |
		while read -r name file; do
			grep -qxF "$name" "$work/others" || printf '%s %s\n' "$name" "$file"
		done
}

# switches NAME FILE: how many of its switches a file has.
switches() {
	grep -oE "VMA_LOCK_MUTANT_$(printf '%s' "$1" | tr - _)[^A-Za-z0-9_]" "$2" | wc -l
}

apply() {
	stage=$1
	tree=$2
	need spatch coccinelle
	mkdir "$work/out"
	rule_files >"$work/rules"
	cut -d' ' -f2 "$work/rules" | sort -u | while read -r file; do
		[ -f "$stage/$file" ] || {
			note "$tree has no $file, which these rules name: $(awk -v f="$file" '$2 == f { print $1 }' "$work/rules" |
				while read -r name; do echo "mutants/$(spelling "$name")"; done | paste -sd' ')"
			echo "$file" >>"$work/bad"
			continue
		}
		awk -v f="$file" '$2 == f { print $1 }' "$work/rules" | while read -r name; do
			cat "$rules/$(spelling "$name")"
		done >"$work/all.cocci"
		if ! spatch --very-quiet --no-includes --in-place --sp-file "$work/all.cocci" \
			"$stage/$file" >"$work/spatch.out" 2>&1; then
			note "spatch fails on $file: $(grep -v '^$' "$work/spatch.out" | tail -n 1)"
			echo "$file" >>"$work/bad"
			continue
		fi
		awk -v f="$file" '$2 == f { print $1 }' "$work/rules" | while read -r name; do
			found=$(switches "$name" "$stage/$file")
			rule=$(spelling "$name")
			wanted=$(sed '/^\/\//d' "$rules/$rule" >"$work/one" && switches "$name" "$work/one")
			[ "$found" -ne "$wanted" ] || continue
			if [ "$found" -eq 0 ]; then
				note "mutants/$rule matches nothing in $file"
			elif [ "$found" -gt "$wanted" ]; then
				note "mutants/$rule matches more than once in $file: $found switches, not $wanted"
			else
				note "mutants/$rule matches only in part in $file: $found switches, not $wanted"
			fi
			echo "$name" >>"$work/bad"
		done
	done
	[ ! -s "$work/bad" ] ||
		die "these rules do not fit $tree (Linux $(kernel_release "$tree")): the lock changed there; adapt the rules"

	mkdir -p "$stage/include/linux"
	{
		printf '/* SPDX-License-Identifier: GPL-2.0 */\n/* The mutants of this kernel; made by mutants-apply.sh. */\n#define VMA_LOCK_MUTANTS(m)'
		comma=
		names | tr - _ | while read -r name; do
			printf '%s \\\n\tm(%s)' "$comma" "$name"
			comma=,
		done
		printf '\n'
	} >"$stage/include/linux/vma_lock_mutants.h"
	grep -q 'vma_lock_mutant[.]h' "$stage/include/linux/mmap_lock.h" ||
		sed -i 's,^#include <linux/types.h>$,&\n#include <linux/vma_lock_mutant.h>,' "$stage/include/linux/mmap_lock.h"
	grep -q 'vma_lock_mutant[.]h' "$stage/include/linux/mmap_lock.h" ||
		die "include/linux/mmap_lock.h of $tree does not include linux/types.h, which the switches go behind"
	grep -q 'vma_lock_mutant[.]o' "$stage/mm/Makefile" ||
		echo 'obj-y += vma_lock_mutant.o' >>"$stage/mm/Makefile"
}

work=$(mktemp -d "${TMPDIR:-/tmp}/vma-lock-mutants.XXXXXX") || die "cannot create a temporary directory"
on_exit "rm -rf '$work'"
names >"$work/names"
case $1 in
names) cat "$work/names" ;;
files)
	{
		rule_files | cut -d' ' -f2
		echo include/linux/vma_lock_mutants.h
		echo include/linux/mmap_lock.h
		echo mm/Makefile
	} | sort -u
	;;
apply) apply "$3" "$4" ;;
esac
