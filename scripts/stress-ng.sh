#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Fetch Debian's stress-ng of a suite into the cache and print its directory.
#
#   stress-ng.sh SUITE        SUITE: sid (the newest), trixie, ...
#
# The directory has stress-ng, its libraries in lib/ with the loader that belongs
# to them, and a script "run" that starts it with those, here and in a guest that
# has neither; "version" is the package's. Nothing is installed. Fetched once, it
# is used again without asking the network.

. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/debian.sh"

instead="do without stress-ng"

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
1:-* | 1:*[!a-z-]*) usage >&2; die "'$1' is no suite like sid or trixie" ;;
1:?*) suite=$1 ;;
*) usage >&2; die "the name of a suite is wanted, not $# arguments" ;;
esac
dir=$cache_dir/stress-ng/$suite
if [ -x "$dir/run" ]; then
	printf '%s\n' "$dir"
	exit 0
fi
debian_need_apt "stress-ng" "$instead"
mkdir -p "$cache_dir/stress-ng" || die "cannot write to the cache $cache_dir: move it with VMA_LOCK_CACHE=DIR"
need_space "$cache_dir/stress-ng" 500 "stress-ng with its libraries"
apt=$cache_dir/stress-ng/apt-$suite
debian_update "$apt" "stress-ng of $suite" "$instead" "$suite"

apt_cache() {
	apt-cache -c "$apt/apt.conf" "$@"
}

version=$(apt_cache madison stress-ng | awk '{ print $3; exit }')
[ -n "$version" ] || die "Debian's $suite has no stress-ng: name another suite, or $instead"
partial=$dir.partial
on_exit "rm -rf '$partial'"
rm -rf "$partial"
mkdir -p "$partial/deb" "$partial/unpacked" || die "cannot create $partial"

# depends PACKAGE...: what they depend on, a name a line.
depends() {
	apt_cache depends --no-recommends --no-suggests --no-conflicts --no-breaks \
		--no-replaces --no-enhances "$@" | sed -n 's/^ *|*\(Pre\)*Depends: \([a-z0-9][^ :]*\).*/\2/p'
}

loader() {
	find "$partial/unpacked/" -name 'ld-linux*.so.*' ! -type d | head -n 1
}

# libraries [FILTER]: "NAME => FILE" as the suite's own loader finds them.
libraries() {
	_path=$(find "$partial/unpacked/" -name '*.so*' ! -type d -printf '%h\n' | sort -u | paste -sd:)
	"$(loader)" --library-path "$_path" --list "$partial/unpacked/usr/bin/stress-ng"
}

is_complete() {
	[ -n "$(loader)" ] || return 1
	libraries >"$partial/list" 2>&1 || return 1
	! grep -q 'not found' "$partial/list"
}

# Level by level, until nothing is missing: all that is depended on would bring
# the drivers of graphics along, which are loaded only on demand, and a compiler.
# shellcheck disable=SC2016 # for the shell below
fetch='cd "$1" && shift && conf=$1 && shift && apt-get -c "$conf" download "$@" &&
	for deb in ./*.deb; do dpkg-deb -x "$deb" ../unpacked; rm "$deb"; done'
level=stress-ng
seen=' '
while ! is_complete; do
	[ -n "$level" ] || die "stress-ng $version of $suite needs what its packages do not bring: $(grep -m 1 'not found' "$partial/list")"
	# shellcheck disable=SC2086 # a list of words
	phase "$cache_dir/stress-ng/download.log" "downloading $(echo $level | cut -c 1-40) of $suite" \
		sh -c "$fetch" sh "$partial/deb" "$apt/apt.conf" $level ||
		die "download failed: $(tail -n 1 "$cache_dir/stress-ng/download.log")"
	seen="$seen$level "
	# shellcheck disable=SC2086 # lists of words
	level=$(depends $level | sort -u | grep -vE '^(mesa-|libllvm|libgl1-mesa|libegl-mesa|libgallium)' |
		while read -r package; do
			case "$seen" in *" $package "*) ;; *) echo "$package" ;; esac
		done | paste -sd' ')
done

mkdir -p "$partial/new/lib"
if ! cp -L "$partial/unpacked/usr/bin/stress-ng" "$partial/new/stress-ng" ||
   ! cp -L "$(loader)" "$partial/new/lib/ld.so" ||
   ! sed -n 's,^.* => \(/[^ ]*\) .*,\1,p' "$partial/list" | sort -u | xargs -r cp -L -t "$partial/new/lib"; then
	die "cannot copy stress-ng's files: is there room in $cache_dir?"
fi
cat >"$partial/new/run" <<'END'
#!/bin/sh
dir=$(dirname -- "$0")
exec "$dir/lib/ld.so" --library-path "$dir/lib" "$dir/stress-ng" "$@"
END
chmod 755 "$partial/new/run"
printf '%s\n' "$version" >"$partial/new/version"
"$partial/new/run" --version >"$partial/says" 2>&1 ||
	die "stress-ng $version of $suite does not run here: $(tail -n 1 "$partial/says")"
rm -rf "$dir"
mv "$partial/new" "$dir" || die "cannot write $dir"
note "stress-ng $version of Debian's $suite: $dir"
printf '%s\n' "$dir"
