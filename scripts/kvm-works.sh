#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Does a KVM guest really run here? /dev/kvm may open and its guests hang all the
# same, so boot one.
#
#   kvm-works.sh BZIMAGE
#
# Reads BZIMAGE, an x86_64 kernel, and boots it without a root file system until
# it says its version, for 20 seconds at most. Writes the verdict of that boot to
# kvm-works in the cache directory, where it holds until the host reboots.
# Exit status: 0 KVM works, 1 it does not (with one line that says why).

. "$(dirname -- "$0")/lib.sh"

deadline=20

# no REASON...: the verdict for people.
no() {
	note "no KVM: $*"
	exit 1
}

# remember VERDICT...: for all boots until the host's next one.
remember() {
	[ -n "$boot_id" ] && mkdir -p "$cache_dir" 2>/dev/null || return 0
	printf '%s %s\n' "$boot_id" "$*" >"$cache.$$" && mv "$cache.$$" "$cache"
}

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
1:*) ;;
*) usage >&2; die "one kernel image is wanted, not $# arguments" ;;
esac
if [ ! -f "$1" ] || [ ! -r "$1" ]; then
	die "$1: no such kernel image"
fi
[ "$(dd if="$1" bs=1 skip=514 count=4 2>/dev/null)" = HdrS ] ||
	die "$1 is no x86 kernel image (a bzImage)"

[ "$(uname -m)" = x86_64 ] || no "the host is $(uname -m), the guest x86_64"
# Not our wrapper that drops -accel kvm.
PATH=$(printf '%s' "$PATH" | tr ':' '\n' | grep -vxF "$repo_dir/scripts/tcg" | paste -sd:)
command -v qemu-system-x86_64 >/dev/null 2>&1 ||
	no "no qemu-system-x86_64 (Debian: apt-get install qemu-system-x86)"
[ -e /dev/kvm ] || no "no /dev/kvm: the processor or the hypervisor below gives none"
if [ ! -r /dev/kvm ] || [ ! -w /dev/kvm ]; then
	no "no permission for /dev/kvm: join the group kvm"
fi

cache=$cache_dir/kvm-works
boot_id=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)
on_exit "rm -f '$cache.$$'"
if [ -n "$boot_id" ] && read -r cached_id verdict reason 2>/dev/null <"$cache" &&
   [ "$cached_id" = "$boot_id" ]; then
	[ "$verdict" = yes ] && exit 0
	no "$reason (tried before, see $cache)"
fi

log=$(mktemp "${TMPDIR:-/tmp}/vma-lock-kvm.XXXXXX") || die "cannot create a temporary file"
on_exit "rm -f '$log'"
note "trying a KVM guest, for $deadline seconds at most ... (log: $log)"
setsid setpriv --pdeathsig KILL qemu-system-x86_64 -accel kvm -nodefaults -nographic \
	-no-reboot -m 512 -smp 2 -bios qboot.rom -kernel "$1" -serial stdio \
	-append 'console=ttyS0 panic=-1 reboot=t kunit.enable=0' \
	</dev/null >"$log" 2>&1 &
qemu=$!
# One process, with nothing to save; pdeathsig is for the case that this script
# is killed without a chance to do it.
on_exit "kill -KILL $qemu 2>/dev/null; wait $qemu 2>/dev/null"
tick=0
while [ $tick -lt $((deadline * 5)) ]; do
	if grep -aq 'Linux version' "$log"; then
		remember yes
		exit 0
	fi
	kill -0 "$qemu" 2>/dev/null || break
	sleep 0.2
	tick=$((tick + 1))
done
if kill -0 "$qemu" 2>/dev/null; then
	reason="its guest said nothing in $deadline seconds"
elif grep -aq 'Linux version' "$log"; then
	remember yes
	exit 0
else
	reason="QEMU ended: $(grep -a . "$log" | tail -n 1)"
fi
remember no "$reason"
no "$reason"
