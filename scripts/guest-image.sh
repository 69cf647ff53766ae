#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Make the initramfs that runs the kselftest in a guest.
#
#   guest-image.sh SELFTESTS_DIR OUTPUT.cpio.gz
#   guest-image.sh -c DIR OUTPUT.cpio.gz    of any programs: vma_lock.cmd= of
#                                           guest-boot.sh says which one runs
#
# Reads SELFTESTS_DIR, as selftests.sh installs it, guest-init.sh beside this
# script, and Debian's busybox-static and bash-static (run_vmtests.sh needs
# bash). Writes OUTPUT.cpio.gz, the same bytes for the same input.

. "$(dirname -- "$0")/lib.sh"

# static_program PACKAGE NAME...: print the first of the names that there is.
static_program() {
	_package=$1
	shift
	for _name; do
		_path=$(command -v "$_name") || continue
		if ldd "$_path" >/dev/null 2>&1; then
			continue
		fi
		printf '%s\n' "$_path"
		return
	done
	die "no statically linked $1 here: install it (Debian: apt-get install $_package)"
}

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
3:-c)
	shift
	[ -d "$1" ] || die "$1: no such directory"
	;;
2:-*) usage >&2; die "a directory and an output file are wanted after $1" ;;
2:*)
	[ -d "$1" ] || die "$1: no such directory: make it with selftests.sh"
	for file in run_kselftest.sh mm/ksft_vma_lock.sh mm/vma_lock_stress; do
		[ -x "$1/$file" ] || die "$1 has no program $file: make it with selftests.sh"
	done
	if ldd "$1/mm/vma_lock_stress" >/dev/null 2>&1; then
		die "$1/mm/vma_lock_stress is dynamically linked, and the guest has no libraries: build it with selftests.sh"
	fi
	;;
*) usage >&2; die "a directory of selftests and an output file are wanted, not $# arguments" ;;
esac
[ ! -d "$2" ] || die "$2 is a directory: name the file to write"
need cpio cpio
busybox=$(static_program busybox-static busybox) || exit 1
bash=$(static_program bash-static bash-static) || exit 1
mkdir -p "$(dirname -- "$2")" || die "cannot create $(dirname -- "$2")"
out=$(CDPATH='' cd -- "$(dirname -- "$2")" && pwd)/$(basename -- "$2")

work=$(mktemp -d "${TMPDIR:-/tmp}/vma-lock-image.XXXXXX") || die "cannot create a temporary directory"
on_exit "rm -rf '$work' '$out.new.$$'"
root=$work/root
umask 022
mkdir -p "$root/bin" "$root/dev" "$root/proc" "$root/selftests" "$root/sys" "$root/tmp"
install -m 755 "$repo_dir/scripts/guest-init.sh" "$root/init"
install -m 755 "$busybox" "$root/bin/busybox"
install -m 755 "$bash" "$root/bin/bash"
# busybox's own sh would prefer its built-in sed to /bin/sed.
ln -s bash "$root/bin/sh"
# That sed keeps lines back until it has many: after a hang or a panic the last
# ones, which tell what ran, would be missing. So for the prefix of TAP:
cat >"$root/bin/sed" <<'END'
#!/bin/sh
[ "$*" = '-e s/^/# /' ] || exec /bin/busybox sed "$@"
while IFS= read -r line || [ -n "$line" ]; do
	printf '# %s\n' "$line"
done
END
chmod 755 "$root/bin/sed"
cp -R -- "$1/." "$root/selftests" || die "cannot copy $1"
chmod -R u=rwX,go=rX "$root/selftests"
find "$root" -exec touch -h -d @0 {} + || die "cannot set the times in $root"
(cd "$root" && find . -print | LC_ALL=C sort |
	cpio --quiet --reproducible -o -H newc -R 0:0 >"$work/image") ||
	die "cpio failed: is there room in $work?"
gzip -9n <"$work/image" >"$out.new.$$" || die "cannot write $out"
mv -- "$out.new.$$" "$out" || die "cannot write $out"
note "guest image: $out ($(($(wc -c <"$out") / 1024)) KiB)"
