#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Find or fetch a tool that the models need and print the command to run it.
#
#   models-tools.sh herd7|cbmc|spin
#
# A tool of this machine is taken if it is new enough. Otherwise spin is installed
# as any package is; herd7 and cbmc, which older suites lack, come from Debian's
# newest suite into the cache, unpacked with the libraries and the loader they
# need: nothing of the system is touched. Status 1 and a reason if it cannot be had.

. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/debian.sh"

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
1:herd7 | 1:cbmc | 1:spin) tool=$1 ;;
*) usage >&2; die "'$*' is none of herd7, cbmc, spin" ;;
esac

# at_least VERSION WANTED
at_least() {
	[ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]
}

# works COMMAND: does it run here, and is it new enough?
works() {
	command -v "$1" >/dev/null 2>&1 || return 1
	case $tool in
	herd7) at_least "$("$1" -version 2>/dev/null | sed 's/,.*//')" 7.58 ;;
	cbmc) at_least "$("$1" --version 2>/dev/null | sed 's/ .*//')" 6.0 ;;
	spin) "$1" -V 2>/dev/null | grep -q 'Spin Version' ;;
	esac
}

own=$cache_dir/models-tools/$tool
for command in "$tool" "$own/$tool"; do
	if works "$command"; then
		printf '%s\n' "$command"
		exit 0
	fi
done
if [ "$tool" = spin ]; then
	"$repo_dir/scripts/packages.sh" models || exit 1
	works spin || die "spin does not run here"
	echo spin
	exit 0
fi

[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] ||
	die "$tool is missing: install it (fetching one privately needs Debian on amd64)"
case $tool in
herd7)
	packages="herdtools7 libc6 libgmp10"
	# shellcheck disable=SC2016 # for the script that is written below
	arguments='-set-libdir "$here/usr/share/herdtools7/herd"'
	;;
cbmc)
	packages="cbmc libc6 libgcc-s1 libstdc++6 minisat zlib1g"
	arguments=
	;;
esac
need_space "$cache_dir" 800 "$tool with its libraries"
mkdir -p "$cache_dir/models-tools" || die "cannot write to the cache $cache_dir: move it with VMA_LOCK_CACHE=DIR"
apt=$cache_dir/models-tools/apt
debian_update "$apt" "$tool" "install it" sid
partial=$own.partial
on_exit "rm -rf '$partial'"
rm -rf "$partial" "$own"
mkdir -p "$partial/deb" || die "cannot write to the cache $cache_dir: move it with VMA_LOCK_CACHE=DIR"
# shellcheck disable=SC2086 # a list of words
phase "$cache_dir/models-tools/$tool.log" "downloading $tool" \
	sh -c 'cd "$1" && shift && exec "$@"' sh "$partial/deb" \
	apt-get -c "$apt/apt.conf" download $packages ||
	die "download of $tool failed: $(tail -n 1 "$cache_dir/models-tools/$tool.log")"
for deb in "$partial"/deb/*.deb; do
	dpkg-deb -x "$deb" "$partial" || die "cannot unpack $deb"
done
rm -rf "$partial/deb"
cat >"$partial/$tool" <<-EOF_TOOL
	#!/bin/sh
	# SPDX-License-Identifier: GPL-2.0
	here=\$(CDPATH='' cd -- "\$(dirname -- "\$0")" && pwd)
	lib=\$here/usr/lib/x86_64-linux-gnu
	exec "\$lib/ld-linux-x86-64.so.2" --library-path "\$lib:\$here/usr/lib" "\$here/usr/bin/$tool" $arguments "\$@"
EOF_TOOL
chmod +x "$partial/$tool"
mv "$partial" "$own"
works "$own/$tool" ||
	die "$tool was fetched and does not run: $("$own/$tool" --version 2>&1 | tail -n 1)"
printf '%s\n' "$own/$tool"
