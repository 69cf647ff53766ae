#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Print the bytes of a vm_area_struct, of its lock if that is a structure of its own,
# and of both, as a kernel was configured.
#
#   vma-size.sh TREE BUILD    BUILD is where TREE was built (make O=BUILD)
#
# Compiles one object; writes neither to TREE nor to BUILD. ARCH, CROSS_COMPILE and CC
# are honoured; without ARCH, that of BUILD counts.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
2:-*) usage >&2; die "wrong arguments: '$*'" ;;
2:*) ;;
*) usage >&2; die "a kernel tree and its build are wanted, not $# arguments" ;;
esac
check_kernel_tree "$1"
{ [ -f "$2/.config" ] && [ -f "$2/include/generated/autoconf.h" ]; } ||
	die "$2 is no build of a kernel: no .config or no generated headers"
need nm binutils
arch=${ARCH:-}
if [ -z "$arch" ]; then
	for arch in um x86_64 arm64 riscv s390; do
		case $arch in um) symbol=UML ;; *) symbol=$(printf '%s' $arch | tr '[:lower:]' '[:upper:]') ;; esac
		! grep -q "^CONFIG_$symbol=y" "$2/.config" || break
	done
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/vma-lock-size.XXXXXX") || die "cannot create a temporary directory"
on_exit "rm -rf '$work'"
echo 'obj-m := size.o' >"$work/Kbuild"
{
	echo '#include <linux/mm_types.h>'
	echo 'char size_of_vm_area_struct[sizeof(struct vm_area_struct)];'
	has_vma_refcount "$1" || printf '%s\n' '#ifdef CONFIG_PER_VMA_LOCK' \
		'char size_of_vma_lock[sizeof(struct vma_lock)];' '#endif'
} >"$work/size.c"
make -C "$1" O="$2" M="$work" ARCH="$arch" ${CC:+CC="$CC"} size.o >"$work/log" 2>&1 ||
	die "the object does not compile in $2: $(grep -m 1 -E 'error:|\*\*\*' "$work/log")"
nm -S "$work/size.o" | awk '$4 ~ /^size_of_/ { print substr($4, 9), $2 }' | sort |
	while read -r name hexadecimal; do
		bytes=$((0x$hexadecimal))
		sum=$((${sum:-0} + bytes))
		printf '%s %d\n' "$name" "$bytes"
		[ "$name" = vm_area_struct ] || printf 'both %d\n' "$sum"
	done
