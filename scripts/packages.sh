#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Install what the main job needs and this machine lacks.
#
#   packages.sh [GROUP...]    GROUP: run (default), check, coverage, compare, matrix, models,
#                             report
#   packages.sh -n [GROUP...] only name what is missing; status 1 if anything is
#
# Needs root (or sudo) and apt for that; elsewhere it names the packages.

. "$(dirname -- "$0")/lib.sh"

# A line a package: its group, its Debian name, a command or file that proves it.
packages='
run gcc gcc
run libc6-dev /usr/include/stdio.h
run make make
run flex flex
run bison bison
run bc bc
run libelf-dev /usr/include/libelf.h
run libssl-dev /usr/include/openssl/ssl.h
run python3 python3
run perl perl
run patch patch
run rsync rsync
run cpio cpio
run gzip gzip
run xz-utils xz
run ccache ccache
run coccinelle spatch
run qemu-system-x86 qemu-system-x86_64
run qemu-system-data /usr/share/qemu/qboot.rom
run busybox-static /bin/busybox
run bash-static /bin/bash-static
run ca-certificates /etc/ssl/certs
coverage lcov lcov
matrix gcc-aarch64-linux-gnu aarch64-linux-gnu-gcc
matrix gcc-riscv64-linux-gnu riscv64-linux-gnu-gcc
matrix gcc-s390x-linux-gnu s390x-linux-gnu-gcc
matrix qemu-system-arm qemu-system-aarch64
matrix qemu-system-misc qemu-system-riscv64
compare libcap-dev /usr/include/sys/capability.h
compare libnuma-dev /usr/include/numa.h
compare liburcu-dev /usr/share/doc/liburcu-dev
models spin spin
models gcc gcc
report python3-matplotlib /usr/lib/python3/dist-packages/matplotlib
check shellcheck shellcheck
check sparse sparse
check git git
check liburcu-dev /usr/share/doc/liburcu-dev
'

only_name=
case ${1:-} in
-h | --help) usage; exit 0 ;;
-n) only_name=1; shift ;;
esac
[ $# -gt 0 ] || set -- run
for group; do
	printf '%s' "$packages" | grep -q "^$group " || die "no group '$group': run, check, coverage, compare, matrix, models, report"
done

missing=$(printf '%s' "$packages" | while read -r group package proof; do
	case " $* " in *" $group "*) ;; *) continue ;; esac
	case $proof in
	/*) [ -e "$proof" ] ;;
	*) command -v "$proof" >/dev/null 2>&1 ;;
	esac || printf '%s ' "$package"
done)
[ -n "$missing" ] || exit 0
[ -z "$only_name" ] || die "missing packages: $missing"
command -v apt-get >/dev/null 2>&1 ||
	die "missing and no apt here to install them with; Debian's names: $missing"
sudo=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null 2>&1 ||
		die "missing packages, and neither root nor sudo to install them: apt-get install $missing"
	sudo=sudo
fi
mkdir -p "$cache_dir" || die "cannot create the cache $cache_dir: move it with VMA_LOCK_CACHE=DIR"
log=$cache_dir/packages.log
# The lists may be older than the archive: refresh them only if need be.
# shellcheck disable=SC2086 # a list of words
install() {
	phase "$log" "installing $missing" $sudo env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends $missing
}
# shellcheck disable=SC2086 # empty without sudo
install ||
	{ phase "$log" "refreshing the package lists" $sudo apt-get update && install; } ||
	die "could not install $missing: $(grep '^E:' "$log" | head -n 1)"
