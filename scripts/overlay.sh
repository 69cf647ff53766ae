#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Put the tests into a kernel tree, as port/VERSION/series says, or take them
# out again.
#
#   overlay.sh install TREE      into TREE itself; doing it again changes nothing
#   overlay.sh uninstall TREE    take every trace out of TREE
#   overlay.sh copy TREE COPY [LAYER...]
#                                make or refresh COPY: TREE by hard links (plain
#                                copies on another file system) with the tests
#                                in it; TREE is only read, and a file that did
#                                not change keeps its time stamp in COPY. A LAYER
#                                is what port/VERSION/LAYER.series adds to that
#
# A line of a series is one of
#
#   files DIR [FROM]             our files below DIR; FROM/DIR of port/VERSION
#                                instead of the repository's own DIR
#   patch PATCH                  a patch, without fuzz
#   exports LIST                 FILE SYMBOL: exported to KUnit's modules
#   cocci RULE FILE...           a semantic patch, which must change each FILE, and
#                                put there once what its lines "// once TEXT" say
#   mutants                      the switches of mutants-apply.sh
#
# Everything is prepared and checked beside the tree first: a tree that does not
# fit is left as it was.

. "$(dirname -- "$0")/lib.sh"

layers=

# series_lines PORT: the lines of its series and of the layers, without comments.
series_lines() {
	(cd "$repo_dir/port/$1" && for _layer in '' $layers; do
		sed '/^#/d; /^$/d' "${_layer:+$_layer.}series"
	done)
}

# check_layers PORT: die unless it has them all.
check_layers() {
	for _layer in $layers; do
		[ -f "$repo_dir/port/$1/$_layer.series" ] ||
			die "port/$1 has no layer '$_layer' for Linux $(kernel_version "$tree"); it has: $(cd "$repo_dir/port/$1" && find . -name '*.series' | sed 's,^[.]/,,; s/[.]series$//' | sort | paste -sd' ')"
	done
}

# our_files ROOT DIR: the project's files below ROOT/DIR, as the clone has them,
# named from ROOT.
our_files() {
	(cd "$1" && find "$2" -type f ! -name '*~' ! -name '*.orig' ! -name '*.rej' | sort)
}

# root_of PORT [FROM]: where the files of a series' line are.
root_of() {
	printf '%s\n' "$repo_dir${2:+/port/$1/$2}"
}

# patched_files PATCH: the kernel files a patch changes.
patched_files() {
	sed -n 's,^+++ b/,,p' "$1"
}

# wanted PORT: every kernel file that the series adds or changes.
# shellcheck disable=SC2086 # a list of files
wanted() {
	series_lines "$1" | while read -r kind what rest; do
		case $kind in
		files) our_files "$(root_of "$1" "$rest")" "$what" ;;
		patch) patched_files "$repo_dir/port/$1/$what" ;;
		exports) sed '/^#/d; s/[[:space:]].*//' "$repo_dir/port/$1/$what" ;;
		cocci) printf '%s\n' $rest ;;
		mutants) "$repo_dir/scripts/mutants-apply.sh" files "$(kernel_version "$tree")" ;;
		esac
	done | sort -u
}

# try_patch OPTION... PATCH: would this apply in the stage? No fuzz: what does
# not fit exactly is for a person to look at.
try_patch() {
	patch -d "$stage" -p1 -s --fuzz=0 --force --dry-run "$@" >/dev/null 2>&1
}

# misfits PATCH: the files whose hunks do not apply.
misfits() {
	patch -d "$stage" -p1 --fuzz=0 --force --dry-run -i "$1" 2>&1 | awk '
		/^checking file/ { file = $3 }
		/FAILED|No such file|can.t find/ { if (!seen[file]++) printf "%s%s", sep, file; sep = ", " }'
}

do_patch() {
	patch -d "$stage" -p1 -s --fuzz=0 --force --no-backup-if-mismatch "$@" >/dev/null
}

exports_begin='/* vma-lock: exports for mm/tests */'
exports_end='/* vma-lock: end of exports */'

remove_exports() {
	sed "\\,^$(printf '%s' "$exports_begin" | sed 's/[*]/\\*/g')\$,,\\,^$(printf '%s' "$exports_end" | sed 's/[*]/\\*/g')\$,d" "$1" >"$1.new" &&
		mv "$1.new" "$1"
}

# add_exports LIST FILE: export what LIST names for FILE and FILE does not yet.
add_exports() {
	_symbols=$(awk -v f="$2" '$1 == f { print $2 }' "$1")
	_missing=
	for _symbol in $_symbols; do
		grep -Eq "^[a-z_].*[ *]$_symbol\\(" "$stage/$2" ||
			die "$2 of $tree has no function $_symbol, which $1 exports: the kernel changed, adapt the rule"
		grep -Eq "^EXPORT_SYMBOL[A-Z_]*\\(${_symbol}[,)]" "$stage/$2" ||
			_missing="$_missing $_symbol"
	done
	[ -n "$_missing" ] || return 0
	{
		printf '%s\n' "$exports_begin" '#ifdef CONFIG_PER_VMA_LOCK' \
			'#include <kunit/visibility.h>'
		for _symbol in $_missing; do
			printf 'EXPORT_SYMBOL_IF_KUNIT(%s);\n' "$_symbol"
		done
		printf '%s\n' '#endif' "$exports_end"
	} >>"$stage/$2"
}

# do_cocci RULE FILE: a semantic patch that changes nothing has missed its step.
do_cocci() {
	need spatch coccinelle
	[ -f "$stage/$2" ] || die "${1#"$repo_dir/"} names $2, which $tree has not: adapt the rule to this kernel"
	cp "$stage/$2" "$work/before-cocci"
	spatch --very-quiet --no-includes --in-place --sp-file "$1" "$stage/$2" >"$work/cocci.out" 2>&1 ||
		die "${1#"$repo_dir/"} does not work on $2 of $tree (Linux $(kernel_release "$tree")): $(grep -v '^$' "$work/cocci.out" | tail -n 1)"
	! cmp -s "$work/before-cocci" "$stage/$2" ||
		die "${1#"$repo_dir/"} matches nothing in $2 of $tree (Linux $(kernel_release "$tree")): adapt the rule to this kernel"
	sed -n 's,^// once ,,p' "$1" | while read -r _text; do
		_times=$(grep -cF -e "$_text" "$stage/$2")
		[ "$_times" -eq 1 ] ||
			die "${1#"$repo_dir/"} put '$_text' $_times times into $2 of $tree (Linux $(kernel_release "$tree")), not once: adapt the rule to this kernel"
	done
}

# apply PORT: turn the stage into the installed state, whatever state it is in.
apply() {
	series_lines "$1" | while read -r kind what rest; do
		case $kind in
		files)
			_root=$(root_of "$1" "$rest")
			our_files "$_root" "$what" | while read -r file; do
				mkdir -p "$stage/$(dirname "$file")"
				cp --preserve=mode "$_root/$file" "$stage/$file"
			done
			;;
		patch)
			_p=$repo_dir/port/$1/$what
			if try_patch -i "$_p"; then
				do_patch -i "$_p"
			elif ! try_patch -R -i "$_p"; then
				die "port/$1/$what does not fit $tree (Linux $(kernel_release "$tree")) at $(misfits "$_p"): adapt the rule to this kernel"
			fi
			;;
		exports)
			_l=$repo_dir/port/$1/$what
			sed '/^#/d; s/[[:space:]].*//' "$_l" | sort -u | while read -r file; do
				remove_exports "$stage/$file"
				add_exports "$_l" "$file" || exit 1
			done || exit 1
			;;
		cocci)
			for file in $rest; do
				do_cocci "$repo_dir/port/$1/$what" "$file" || exit 1
			done
			;;
		mutants)
			"$repo_dir/scripts/mutants-apply.sh" apply "$(kernel_version "$tree")" "$stage" "$tree"
			;;
		*) die "a series of port/$1 has a line of an unknown kind: $kind" ;;
		esac || exit 1
	done
}

# revert PORT: turn the stage into the state without the tests.
revert() {
	series_lines "$1" | while read -r kind what rest; do
		case $kind in
		files) our_files "$(root_of "$1" "$rest")" "$what" | while read -r file; do rm -f "$stage/$file"; done ;;
		patch)
			_p=$repo_dir/port/$1/$what
			if try_patch -R -i "$_p"; then
				do_patch -R -i "$_p"
			elif ! try_patch -i "$_p"; then
				die "port/$1/$what cannot be taken out of $tree: those lines were edited since; undo them by hand"
			fi
			;;
		exports)
			sed '/^#/d; s/[[:space:]].*//' "$repo_dir/port/$1/$what" | sort -u |
				while read -r file; do remove_exports "$stage/$file"; done
			;;
		esac || exit 1
	done
}

# fill_stage FROM PORT: the files concerned, as FROM has them.
fill_stage() {
	wanted "$2" | while read -r file; do
		[ -f "$1/$file" ] || continue
		mkdir -p "$stage/$(dirname "$file")"
		cp --preserve=mode "$1/$file" "$stage/$file"
		chmod u+w "$stage/$file"
	done
}

# write_back PORT TO: bring TO to the state of the stage. A file is replaced,
# never written into: its other hard links stay as they are.
write_back() {
	wanted "$1" | while read -r file; do
		if [ ! -f "$stage/$file" ]; then
			rm -f "$2/$file" || exit 1
			rmdir -p --ignore-fail-on-non-empty "$2/$(dirname "$file")" 2>/dev/null
		elif ! cmp -s "$stage/$file" "$2/$file" ||
		     [ "$(stat -c %a "$stage/$file")" != "$(stat -c %a "$2/$file")" ]; then
			mkdir -p "$2/$(dirname "$file")" &&
			cp --preserve=mode "$stage/$file" "$2/$file.vma-lock-new" &&
			mv "$2/$file.vma-lock-new" "$2/$file" || exit 1
		fi
	done || die "cannot write to $2: $(df -h "$2" | awk 'NR == 2 { print $4 }') free"
}

# source_files TREE: what belongs to the source, a name a line: git knows;
# without git the tree must be as clean as a build with O= wants it.
source_files() {
	if git -C "$1" rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		(cd "$1" && git ls-files --cached --others --exclude-standard | sort -u |
			while read -r file; do
				if [ -e "$file" ] || [ -L "$file" ]; then
					printf '%s\n' "$file"
				fi
			done)
	elif [ -e "$1/.config" ] || [ -d "$1/include/config" ]; then
		die "$1 was built in place and is no git checkout: run 'make mrproper' there first"
	else
		(cd "$1" && find . \( -type f -o -type l \) -printf '%P\n' | sort)
	fi
}

copy() {
	need rsync rsync
	mkdir -p "$(dirname "$dest")" || die "cannot create $(dirname "$dest")"
	# An unfinished copy is finished by the next run: nothing is lost or trusted.
	mkdir -p "$dest" || die "cannot create $dest"
	if ln "$tree/Makefile" "$dest/.vma-lock-link" 2>/dev/null; then
		need_space "$dest" 300 "a copy of the tree by hard links"
	elif [ ! -f "$dest/.vma-lock-files" ]; then
		need_space "$dest" 2500 "a copy of the tree, which hard links cannot make here,"
	fi
	rm -f "$dest/.vma-lock-link"
	source_files "$tree" >"$work/files" || exit 1
	wanted "$port" >"$work/wanted"
	comm -23 "$work/files" "$work/wanted" >"$work/linked"
	rsync -a --files-from="$work/linked" --link-dest="$tree/" "$tree/" "$dest/" 2>"$work/rsync.err" ||
		die "copying $tree to $dest failed: $(tail -n 1 "$work/rsync.err")"
	# What the tree no longer has must not be built either.
	if [ -f "$dest/.vma-lock-files" ]; then
		comm -23 "$dest/.vma-lock-files" "$work/files" | comm -23 - "$work/wanted" |
			while read -r file; do rm -f "$dest/$file"; done
	fi
	fill_stage "$tree" "$port"
	apply "$port" || exit 1
	write_back "$port" "$dest"
	cp "$work/files" "$dest/.vma-lock-files.new" && mv "$dest/.vma-lock-files.new" "$dest/.vma-lock-files"
}

command=${1:-}
case $command:$# in
install:2 | uninstall:2 | copy:[3-9]) ;;
-h:1 | --help:1) usage; exit 0 ;;
*) usage >&2; die "wrong arguments: '$*'" ;;
esac
check_kernel_tree "$2"
tree=$(CDPATH='' cd -- "$2" && pwd)
need patch patch
port=$(port_of "$tree") || exit 1
if [ "$command" = copy ]; then
	dest=$3
	shift 3
	layers=$*
	check_layers "$port"
fi
[ "$port" = "$(kernel_version "$tree")" ] ||
	note "no rules of its own for Linux $(kernel_version "$tree"): trying those of $port"
work=$(mktemp -d "${TMPDIR:-/tmp}/vma-lock.XXXXXX") || die "cannot create a temporary directory"
on_exit "rm -rf '$work'"
stage=$work/stage
mkdir "$stage"

case $command in
install | uninstall)
	{ [ -w "$tree" ] && [ -w "$tree/mm" ]; } ||
		die "$tree is read-only: use 'make run KDIR=$tree', which works on a copy"
	fill_stage "$tree" "$port"
	if [ "$command" = install ]; then
		apply "$port" || exit 1
	else
		revert "$port" || exit 1
	fi
	write_back "$port" "$tree"
	note "$command: $tree (Linux $(kernel_release "$tree"), rules of port/$port)"
	;;
copy) copy ;;
esac
