#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Getting a kernel source, and not getting one.

. "$(dirname -- "$0")/lib.sh"

system=$(find /var/lib/apt/lists /etc/apt /var/lib/dpkg/status -type f -printf '%p %T@ %s\n' 2>/dev/null | sort | sha256sum)
check "the list of kernels has a 7.x" sh -c '"$1" -l | grep -q "^7[.]"' sh "$scripts/kernel-source.sh"
check "the newest 7.x unpacks to a tree that knows its version" sh -ec '
	tree=$("$1"); test -f "$tree/mm/mmap_lock.c"; grep -q "^Debian 7" "$tree/.vma-lock-origin"' sh "$scripts/kernel-source.sh"
now=$(find /var/lib/apt/lists /etc/apt /var/lib/dpkg/status -type f -printf '%p %T@ %s\n' 2>/dev/null | sort | sha256sum)
check "the system's apt is as it was" test "$system" = "$now"

check "a version that is here needs no network" sh -ec '
	version=$("$1" | sed "s/.*linux-\([0-9]*[.][0-9]*\).*/\1/"); DEBIAN_MIRROR=http://127.0.0.1:9 "$1" "$version"' sh "$scripts/kernel-source.sh"

mkdir "$tmp/cache"
refuses "a version that is not served" 'serve no linux-source-5.99; there are: .*6.12' \
	env VMA_LOCK_CACHE="$tmp/cache" "$scripts/kernel-source.sh" 5.99
refuses "not a version" 'is not a kernel version' "$scripts/kernel-source.sh" seven
rm -rf "$tmp/cache"
# Port 9 of this machine: nobody answers, at once.
refuses "no network" 'no answer from Debian.s archive' \
	env VMA_LOCK_CACHE="$tmp/cache" DEBIAN_MIRROR=http://127.0.0.1:9 "$scripts/kernel-source.sh" 7.3
check "no network: nothing half-unpacked" sh -c '! find "$1" -name "*.partial" | grep -q .' sh "$tmp/cache"

# A machine without apt: the tools are there, apt is not.
mkdir "$tmp/bin"
for tool in sh dirname mkdir date sed cat find grep sort tail id awk env basename paste; do
	ln -s "$(command -v $tool)" "$tmp/bin/$tool"
done
refuses "no apt" 'no apt here .*KDIR=' env PATH="$tmp/bin" VMA_LOCK_CACHE="$tmp/cache2" "$scripts/kernel-source.sh" 7.3

# A disk that is too small says so before anything is fetched.
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	mkdir "$tmp/small"
	refuses "no disk space" 'MiB free, .* needs [0-9]* MiB' unshare -m sh -c '
		mount -t tmpfs -o size=64m none "$1" && VMA_LOCK_CACHE="$1" exec "$2" 7.3' sh "$tmp/small" "$scripts/kernel-source.sh"
else
	skip "no disk space" "needs root to mount a small file system"
fi

# Interrupted while unpacking: nothing half-done is taken for a tree.
mkdir "$tmp/cache3"
VMA_LOCK_CACHE=$tmp/cache3 setsid "$scripts/kernel-source.sh" 7.2 >"$tmp/out" 2>&1 &
pid=$!
for _ in $(seq 300); do
	[ -d "$(echo "$tmp"/cache3/source/*.partial/tree)" ] && break
	sleep 0.1
done
sleep 0.5
kill -TERM $pid
wait $pid
status=$?
check "SIGTERM while unpacking: a status that says so" test $status -eq 143
check "SIGTERM while unpacking: no half tree" sh -c '! ls -d "$1"/source/linux-* 2>/dev/null | grep -q .' sh "$tmp/cache3"
check "SIGTERM while unpacking: no process left" gone "^(tar|dpkg-deb|apt-get).*$tmp/cache3"
done_testing
