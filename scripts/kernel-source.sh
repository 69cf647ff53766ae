#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Fetch a Debian kernel source into the cache and print its directory.
#
#   kernel-source.sh [VERSION]   VERSION as 7.3 or 6.12, or a package's in full, as
#                                -l lists them; without one, the newest 7.x that
#                                Debian's suites serve
#   kernel-source.sh -l          list what the suites serve
#
# Debian's archive is asked through an apt configuration of our own: the
# system's lists, sources and package state are neither read nor changed. A VERSION
# that was unpacked once is used again without asking the network.

. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/debian.sh"

apt_dir=$cache_dir/apt
source_dir=$cache_dir/source
instead="pass your own tree, KDIR=/path/to/linux"

need_apt() {
	debian_need_apt "a kernel source" "$instead"
}

# alone: from here on no other process asks apt or unpacks. Who comes second takes what
# the first one fetched.
alone() {
	exec 8>"$source_dir/lock" || die "cannot write to $source_dir"
	flock -n 8 || { note "waiting for another download (lock: $source_dir/lock)"; flock 8; }
}

update() {
	debian_update "$apt_dir" "kernel sources" "$instead" \
		sid forky trixie-backports bookworm-backports trixie-security bookworm-security
}

# available: lines "VERSION PACKAGE-VERSION", newest first.
available() {
	apt-cache -c "$apt_dir/apt.conf" search --names-only '^linux-source-[0-9.]+$' |
		awk '{ print $1 }' | sort -u |
		xargs -r apt-cache -c "$apt_dir/apt.conf" madison |
		awk '{ sub(/^linux-source-/, "", $1); print $1, $3 }' |
		sort -u -k1,1Vr -k2,2Vr
}

# unpacked VERSION: the newest unpacked tree of this version, if there is one.
unpacked() {
	find "$source_dir" -mindepth 1 -maxdepth 1 -type d -name "linux-$1[.]*" 2>/dev/null |
		grep -v '[.]partial$' | sort -V | tail -n 1
}

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
1:-l) need_apt; mkdir -p "$source_dir"; alone; update; available; exit 0 ;;
0:) version= ;;
1:[0-9]*.[0-9]*) version=$1 ;;
*) usage >&2; die "'$*' is not a kernel version like 7.3" ;;
esac
package=
case $version in
*[!0-9A-Za-z.+~-]*) die "'$version' is not a kernel version like 7.3" ;;
*.*-[0-9]*)
	package=$version
	version=$(printf '%s\n' "$package" | sed -n 's/^\([0-9]*[.][0-9]*\)[.].*-.*/\1/p')
	[ -n "$version" ] || die "'$package' is not a package's version like 6.12.95-1"
	;;
*[!0-9.]*) die "'$version' is not a kernel version like 7.3" ;;
esac

mkdir -p "$source_dir" || die "cannot write to the cache $cache_dir: move it with VMA_LOCK_CACHE=DIR"
if [ -n "$version" ]; then
	if [ -z "$package" ]; then
		tree=$(unpacked "$version")
	elif [ -d "$source_dir/linux-$package" ]; then
		tree=$source_dir/linux-$package
	else
		tree=
	fi
	if [ -n "$tree" ]; then
		printf '%s\n' "$tree"
		exit 0
	fi
	need_apt
	need_space "$cache_dir" 4000 "a kernel source with its archive"
	alone
	update
else
	# Which one is the newest, only the archive can tell; without an answer it
	# is the newest that is here.
	alone
	tree=$(unpacked '[7-9]')
	if [ -z "$tree" ]; then
		need_apt
		need_space "$cache_dir" 4000 "a kernel source with its archive"
		update
	elif ! (need_apt && update); then
		note "taking the newest source that is here"
		printf '%s\n' "$tree"
		exit 0
	fi
	version=$(available | awk '$1 ~ /^7[.]/ { print $1; exit }')
	[ -n "$version" ] || die "Debian's suites serve no linux-source-7.* now: pass KVER= (see 'kernel-source.sh -l') or KDIR=/path/to/linux"
fi
if [ -n "$package" ]; then
	available | awk -v p="$package" '$2 == p { found = 1 } END { exit !found }' ||
		die "Debian's suites serve no linux-source-$version $package; there are: $(available | awk -v v="$version" '$1 == v { print $2 }' | paste -sd' ')"
else
	package=$(available | awk -v v="$version" '$1 == v { print $2; exit }')
	[ -n "$package" ] ||
		die "Debian's suites serve no linux-source-$version; there are: $(available | awk '{ print $1 }' | sort -uV | paste -sd' ')"
fi
tree=$source_dir/linux-$package
if [ -d "$tree" ]; then
	printf '%s\n' "$tree"
	exit 0
fi

need_space "$cache_dir" 4000 "a kernel source with its archive"
need xz xz-utils
partial=$tree.partial
on_exit "rm -rf '$partial'"
rm -rf "$partial"
mkdir "$partial"
phase "$source_dir/download.log" "downloading linux-source-$version $package" \
	sh -c 'cd "$1" && exec apt-get -c "$2" download "linux-source-$3=$4"' sh \
	"$partial" "$apt_dir/apt.conf" "$version" "$package" ||
	die "download failed: $(tail -n 1 "$source_dir/download.log")"
phase "$source_dir/unpack.log" "unpacking linux-source-$version $package" \
	sh -ec 'cd "$1"; dpkg-deb -x ./*.deb deb; rm ./*.deb
		mkdir tree; tar -C tree --strip-components=1 -xf deb/usr/src/linux-source-*.tar.xz
		rm -r deb; printf "Debian %s\n" "$2" >tree/.vma-lock-origin' sh "$partial" "$package" ||
	die "unpacking failed: $(tail -n 1 "$source_dir/unpack.log")"
mv "$partial/tree" "$tree"
printf '%s\n' "$tree"
