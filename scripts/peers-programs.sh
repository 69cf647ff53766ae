#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Put the peers of the stress into a directory, each so that it runs in a guest
# without libraries.
#
#   peers-programs.sh TREE DIR
#
# Debian's stress-ng of trixie and of sid as DIR/stress-ng-SUITE/run, and of TREE,
# whose headers selftests.sh has installed, proc-maps-race, uffd-stress and
# folio_split_race_test, linked statically. What is not to be had, or does not
# build, is told and left out. DIR is created.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
2:*) ;;
*) usage >&2; die "a kernel tree and a directory are wanted, not $# arguments" ;;
esac
check_kernel_tree "$1"
tree=$1
mkdir -p "$2" || die "cannot create $2"
peers=$(CDPATH='' cd -- "$2" && pwd)
log=$(mktemp "${TMPDIR:-/tmp}/vma-lock-peers.XXXXXX") || die "cannot create a temporary file"
on_exit "rm -f '$log'"

for suite in trixie sid; do
	if dir=$("$repo_dir/scripts/stress-ng.sh" $suite); then
		rm -rf "$peers/stress-ng-$suite"
		cp -R "$dir" "$peers/stress-ng-$suite" || die "cannot write $peers"
	else
		note "without stress-ng of $suite"
	fi
done

# from_tree DIR NAME [FILE...]: build one of the kernel's own selftests.
from_tree() {
	_dir=$tree/tools/testing/selftests/$1
	_name=$2
	shift 2
	if [ ! -f "$_dir/$_name.c" ]; then
		note "Linux $(kernel_version "$tree") has no $_name"
		return
	fi
	(cd "$_dir" && gcc -static -O2 -w -D_GNU_SOURCE= -isystem "$(selftests_objects "$tree")/usr/include" \
		-I. -I.. -I../../../include/uapi -o "$peers/$_name" "$_name.c" "$@" -pthread -lrt) >"$log" 2>&1 ||
		note "without $_name, which does not build here: $(grep -m 1 -E 'error|undefined' "$log")"
}
from_tree proc proc-maps-race
from_tree mm uffd-stress uffd-common.c vm_util.c hugepage_settings.c
from_tree mm folio_split_race_test vm_util.c hugepage_settings.c
