#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Write the steps of a layer as mails that `git am` takes, for exactly one kernel
# source.
#
#   series.sh TREE DIR [LAYER]   TREE is only read; DIR becomes a folder of mails,
#                                with a cover letter. LAYER is 'port' unless given
#
# Each patch with a Subject: is a step, the files in the lines before it are part of
# it. What tests the layer is left out. There is no Signed-off-by: whoever sends the
# series adds it (git am -s). The author is git's user, where one is known.

. "$(dirname -- "$0")/lib.sh"

series_arguments "$@"
need git git
need patch patch
need perl perl
port=$repo_dir/port/$(port_of "$tree") || exit 1
[ -f "$port/$layer.series" ] ||
	die "${port#"$repo_dir/"} has no layer '$layer' for Linux $(kernel_version "$tree")"
release=$(kernel_release "$tree")
if [ -e "$dir" ]; then
	[ -d "$dir" ] || die "$dir is no folder: name another one"
	find "$dir" -mindepth 1 ! -name '*.patch' | grep -q . &&
		die "$dir has other files than a series: name another folder"
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/vma-lock.XXXXXX") || die "cannot create a temporary directory"
on_exit "rm -rf '$work'"
git="git -C $work/tree"

# Nobody's settings may change what is written, but the author's name and address.
name=$(git config user.name) || name=vma-lock
email=$(git config user.email) || email=vma-lock@localhost
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME="$name" GIT_AUTHOR_EMAIL="$email"
export GIT_COMMITTER_NAME="$name" GIT_COMMITTER_EMAIL="$email"

# try_patch OPTION... PATCH: would it apply? No fuzz: a person looks at what does not fit.
try_patch() {
	patch -d "$work/tree" -p1 -s --fuzz=0 --force --dry-run "$@" >/dev/null 2>&1
}

# step PATCH: commit what the stage has become, in the words of the patch.
step() {
	sed -n 's/^Subject: //p' "$1" >"$work/message"
	sed '1,/^Subject: /d; /^---$/,$d' "$1" >>"$work/message"
	$git add -A -f .
	$git commit -q -F "$work/message" || die "cannot commit ${1#"$repo_dir/"}"
}

# A tree of the files concerned is all that git needs to name their contents.
mkdir "$work/tree"
$git init -q
sed '/^#/d; /^$/d' "$port/$layer.series" >"$work/series"
while read -r kind what _; do
	[ "$kind" != patch ] || sed -n 's,^+++ b/,,p' "$port/$what"
done <"$work/series" | sort -u | while read -r file; do
	[ -f "$tree/$file" ] || die "$tree has no $file, which the layer '$layer' changes: adapt the rules to this kernel"
	mkdir -p "$work/tree/$(dirname "$file")"
	cp --preserve=mode "$tree/$file" "$work/tree/$file"
done || exit 1
$git add -A -f .
$git commit -q -m "Linux $release" || die "cannot begin the series"
$git tag base

files=
while read -r kind what from; do
	case $kind in
	files) files="$files $from:$what" ;;
	patch)
		if ! grep -q '^Subject: ' "$port/$what"; then
			files=
			continue
		fi
		if ! try_patch -i "$port/$what" && try_patch -R -i "$port/$what"; then
			note "Linux $release has port/$(basename "$port")/$what already"
			files=
			continue
		fi
		patch -d "$work/tree" -p1 --fuzz=0 --force --no-backup-if-mismatch \
			-i "$port/$what" >"$work/patch.out" 2>&1 ||
			die "port/$(basename "$port")/$what does not fit $tree (Linux $release): $(awk '/^patching file/ { f = $3 } /FAILED/ { print f; exit }' "$work/patch.out")"
		for file in $files; do
			[ -n "${file%%:*}" ] || continue
			(cd "$port/${file%%:*}" && find "${file#*:}" -type f) | while read -r f; do
				mkdir -p "$work/tree/$(dirname "$f")"
				cp --preserve=mode "$port/${file%%:*}/$f" "$work/tree/$f"
			done
		done
		files=
		step "$port/$what"
		;;
	esac
done <"$work/series"
steps=$($git rev-list --count base..HEAD)
[ "$steps" -gt 0 ] || die "the layer '$layer' has no patch with a Subject: there is nothing to mail"

mkdir -p "$dir" || die "cannot create $dir"
rm -f "$dir"/*.patch
dir=$(CDPATH='' cd -- "$dir" && pwd)
$git format-patch -q --cover-letter -o "$dir" base || die "cannot write to $dir"
cover=$dir/0000-cover-letter.patch
# The text of the cover letter lies beside the first patch.
text=$port/$(dirname "$(sed -n 's/^patch[[:space:]]*//p' "$port/$layer.series" | head -n 1)")/cover
if [ -f "$text" ]; then
	awk -v cover="$text" -v release="$release" '
		function text(line) { gsub(/@RELEASE@/, release, line); return line }
		/^Subject: / && !subject {
			subject = 1
			getline line <cover	# the licence
			getline line <cover
			sub(/[*][*][*] SUBJECT HERE [*][*][*]/, line)
		}
		/^[*][*][*] BLURB HERE [*][*][*]$/ {
			getline line <cover
			while ((getline line <cover) > 0)
				print text(line)
			next
		}
		{ print }' "$cover" >"$work/cover" && cp "$work/cover" "$cover"
fi

# What the kernel's own style check says of a mail, but for what the sender adds, and
# for types of the kernel's that move to another header or are mirrored in a test, and
# members that stand in struct_group() as they do in a struct.
left_out=MISSING_SIGN_OFF,NO_AUTHOR_SIGN_OFF,FILE_PATH_CHANGES,NEW_TYPEDEFS,PARENTHESIS_ALIGNMENT
status=0
for mail in "$dir"/*.patch; do
	[ "$mail" != "$cover" ] || continue
	(cd "$work" && perl "$tree/scripts/checkpatch.pl" --no-tree --root="$tree" --strict --terse \
		--no-summary --show-types --ignore "$left_out" \
		"$mail") >"$work/checkpatch" || { cat "$work/checkpatch" >&2; status=1; }
done
note "$steps steps for Linux $release in $dir$([ $status -eq 0 ] || echo '; checkpatch complains')"
exit $status
