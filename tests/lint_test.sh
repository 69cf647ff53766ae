#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Style and static checks that need no kernel build.

. "$(dirname -- "$0")/lib.sh"
cd "$repo" || exit 1
"$scripts/packages.sh" run check || exit 1

if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
	git ls-files --cached --others --exclude-standard >"$tmp/files"
else
	find . -type f -printf '%P\n' >"$tmp/files"
fi

# every FILE must carry the licence, in its first three lines
missing=$(while read -r file; do
	case $file in COPYING | results/*) continue ;; esac
	head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0' || echo "$file"
done <"$tmp/files")
if [ -z "$missing" ]; then ok "every file has an SPDX line"; else not_ok "every file has an SPDX line" "$missing"; fi
check "COPYING is at the root" grep -q 'GNU GENERAL PUBLIC LICENSE' COPYING

shell=$(while read -r file; do
	case $file in *.sh) echo "$file" ;; *) head -n 1 "$file" | grep -q '^#!.*sh' && echo "$file" ;; esac
done <"$tmp/files")
# shellcheck disable=SC2086 # names without spaces
check "shellcheck has nothing to say" shellcheck $shell

# explained FILE: checks that a comment in the file answers.
explained() {
	case $1 in
	# Macro arguments that are names, and cannot be parenthesised.
	*/vma_lock_compat.h) printf ',MACRO_ARG_PRECEDENCE' ;;
	# The kernel's kselftest.h gets these words from headers not at hand there.
	*/standalone/kselftest.h) printf ',PREFER_DEFINED_ATTRIBUTE_MACRO' ;;
	esac
}

if tree=$("$scripts/kernel-source.sh" 2>"$tmp/source.err"); then
	grep -E '^(mm|tools|port|scripts/standalone)/.*[.][ch]$' "$tmp/files" >"$tmp/c-files"
	while read -r file; do
		# It leaves a file of its own where it is started.
		check "checkpatch --strict $file" sh -c 'cd "$1" && shift && exec perl "$@"' sh "$tmp" \
			"$tree/scripts/checkpatch.pl" --no-tree --strict --terse --no-summary \
			--show-types --ignore "FILE_PATH_CHANGES$(explained "$file")" -f "$repo/$file"
	done <"$tmp/c-files"
else
	not_ok "checkpatch" "no kernel source to take it from: $(tail -n 1 "$tmp/source.err")"
fi

for cc in gcc clang; do
	if command -v $cc >/dev/null 2>&1; then
		check "$cc builds the stress without a warning" $cc -O2 -Wall -Wextra -Werror \
			-Iscripts/standalone -pthread -o "$tmp/stress" tools/testing/selftests/mm/vma_lock_stress*.c
	else
		skip "$cc builds the stress without a warning" "no $cc here"
	fi
done

for script in scripts/*.py; do
	check "$script compiles" python3 -c 'import ast,sys; ast.parse(open(sys.argv[1]).read())' "$script"
done

# Every script says how it is used, and refuses what it does not know.
for script in scripts/*.sh; do
	[ -x "$script" ] || continue
	[ "$script" = scripts/guest-init.sh ] && continue
	check "${script##*/} -h" sh -c '"$1" -h | grep -q .' sh "$script"
	refuses "${script##*/} refuses an unknown option" . "$script" --no-such-option
done
done_testing
