#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Boot kernels with Debian's configuration for clouds, as a guest meets them: from an
# ext4 root on a virtio disk whose driver is a module, to a login prompt. Log in, and
# see what a VMA takes there.
#
#   debian-boot.sh
#
# Environment: KERNELS="VERSION[+LAYER...]..." (default: KVER=6.12 with its port);
# the word debian in place of one is Debian's own binary of KVER; JOBS=N; RESULTS=DIR.
#
# The configuration, and Debian's binary, come from the archive that kernel-source.sh
# asks, in the version of the source. Of the modules only those that the guest needs
# are built, and no debug information; nothing else of the configuration is changed.
# Writes RESULTS/KERNEL/console.log and RESULTS/debian.txt. Status: 0 if each kernel
# came to its prompt, let root in and said what was asked, without a warning.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
0:) ;;
1:-h | 1:--help) usage; exit 0 ;;
*) usage >&2; die "wrong arguments: '$*'" ;;
esac
version=${KVER:-6.12}
kernels=${KERNELS:-$(with_layer "$version")}
[ -n "${KERNELS:-}" ] || kernels="debian ${kernels#* }"
check_kernels "$(printf '%s' "$kernels" | sed "s/\\bdebian\\b/$version+debian/g")"

"$repo_dir/scripts/packages.sh" || exit 1
need mke2fs e2fsprogs
need setpriv util-linux
use_cache
results=${RESULTS:-$repo_dir/results/$(date +%Y%m%d-%H%M%S)-debian}
mkdir -p "$results" || die "cannot create the results folder $results"
results=$(CDPATH='' cd -- "$results" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/vma-lock-debian.XXXXXX") || die "cannot create a temporary directory"
on_exit "rm -rf '$work'"

# In the order in which they are loaded.
modules="drivers/block/virtio_blk net/core/failover drivers/net/net_failover drivers/net/virtio_net"

source=$("$repo_dir/scripts/kernel-source.sh" "$version") || exit 1
package_version=$(sed 's/^Debian //' "$source/.vma-lock-origin" 2>/dev/null)
[ -n "$package_version" ] || die "$source is not of Debian: no configuration goes with it"
# Makes the apt configuration, and lists that are young enough.
"$repo_dir/scripts/kernel-source.sh" -l >/dev/null || exit 1

# debian_package NAME: download and unpack a package of that version, once.
debian_package() {
	_unpacked=$cache_dir/debian/$1_$package_version
	if [ ! -d "$_unpacked" ]; then
		rm -rf "$_unpacked.partial"
		mkdir -p "$_unpacked.partial" || die "cannot create $_unpacked.partial"
		phase "$cache_dir/debian/download.log" "downloading $1 $package_version" \
			sh -ec 'cd "$1"; apt-get -c "$2" download "$3=$4"; dpkg-deb -x ./*.deb .; rm ./*.deb' sh \
			"$_unpacked.partial" "$cache_dir/apt/apt.conf" "$1" "$package_version" ||
			die "no $1 $package_version: $(tail -n 1 "$cache_dir/debian/download.log")"
		mv "$_unpacked.partial" "$_unpacked"
	fi
	printf '%s\n' "$_unpacked"
}

# build KERNEL: the image and the modules, to $work/KERNEL.
build() {
	_tree=$(kernel_tree "$1" "$results/$1/kernel") || exit 1
	_config=$(debian_package "linux-config-$version") || exit 1
	_config=$(find "$_config" -name 'config.amd64_none_cloud-amd64.xz')
	[ -n "$_config" ] || die "linux-config-$version $package_version has no configuration cloud-amd64"
	_build=$(build_dir "$_tree" debian-cloud)
	mkdir -p "$_build" || die "cannot create $_build"
	[ -f "$_build/vmlinux" ] || need_space "$_build" 4000 "a kernel with Debian's configuration"
	xz -dc "$_config" >"$_build/.config.new" || die "cannot unpack $_config"
	"$_tree/scripts/config" --file "$_build/.config.new" --enable DEBUG_INFO_NONE \
		--disable DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT --disable DEBUG_INFO_BTF \
		--set-str SYSTEM_TRUSTED_KEYS '' --set-str LOCALVERSION '-cloud-amd64'
	cmp -s "$_build/.config.new" "$_build/.config.asked" || {
		cp "$_build/.config.new" "$_build/.config"
		mv "$_build/.config.new" "$_build/.config.asked"
	}
	use_ccache
	_targets=bzImage
	for _module in $modules; do
		_targets="$_targets $_module.ko"
	done
	# shellcheck disable=SC2086 # a list of words
	phase "$results/$1/build.log" "building $1 with Debian's configuration" sh -ec '
		make="make -C $1 O=$2 -j$3 KBUILD_BUILD_TIMESTAMP=1970-01-01 KBUILD_BUILD_USER=vma-lock KBUILD_BUILD_HOST=vma-lock"
		compiler=$4
		shift 4
		$make CC="$compiler" olddefconfig
		$make CC="$compiler" "$@"' sh \
		"$_tree" "$_build" "${JOBS:-$(nproc)}" "$(cached_compiler "${CC:-gcc}")" $_targets ||
		die "$1 does not build: $(grep -m 1 -E 'error:|\*\*\*' "$results/$1/build.log")"
	cp "$_build/.config" "$results/$1/config"
	cp "$_build/arch/x86/boot/bzImage" "$work/$1/bzImage"
	for _module in $modules; do
		cp "$_build/$_module.ko" "$work/$1/" || die "$1 has no $_module.ko"
	done
}

# unpack_debian: Debian's own image and modules, to $work/debian.
unpack_debian() {
	_release=$(printf '%s' "$package_version" | sed 's/-.*//')
	_name=$(apt-cache -c "$cache_dir/apt/apt.conf" search --names-only "^linux-image-$_release.*-cloud-amd64$" | awk '{ print $1; exit }')
	[ -n "$_name" ] || die "Debian's suites serve no linux-image-$_release*-cloud-amd64"
	_dir=$(debian_package "$_name") || exit 1
	printf 'of %s %s\n' "$_name" "$package_version" >"$results/debian/kernel"
	cp "$_dir"/boot/vmlinuz-* "$work/debian/bzImage" || die "$_name has no image"
	cp "$_dir"/boot/config-* "$results/debian/config"
	for _module in $modules; do
		_file=$(find "$_dir" -path "*/$_module.ko*")
		case $_file in
		*.xz) xz -dc "$_file" >"$work/debian/${_module##*/}.ko" ;;
		*.ko) cp "$_file" "$work/debian/" ;;
		*) die "$_name has no $_module.ko" ;;
		esac
	done
}

# make_disks KERNEL: the initramfs that loads the modules, and the root.
make_disks() {
	_dir=$work/$1
	mkdir -p "$_dir/initramfs/bin" "$_dir/initramfs/dev" "$_dir/initramfs/root" "$_dir/rootfs/bin" \
		"$_dir/rootfs/dev" "$_dir/rootfs/etc" "$_dir/rootfs/proc" "$_dir/rootfs/sys" "$_dir/rootfs/sbin"
	cp "$(command -v busybox)" "$_dir/initramfs/bin/busybox" || die "cannot copy busybox"
	cp "$_dir"/*.ko "$_dir/initramfs/"
	{
		echo '#!/bin/busybox sh'
		echo '/bin/busybox mount -t devtmpfs devtmpfs /dev'
		for _module in $modules; do
			echo "/bin/busybox insmod /${_module##*/}.ko"
		done
		echo '/bin/busybox mount -t ext4 /dev/vda /root && exec /bin/busybox switch_root /root /sbin/init'
	} >"$_dir/initramfs/init"
	chmod 755 "$_dir/initramfs/init"
	(cd "$_dir/initramfs" && find . | cpio --quiet -o -H newc -R 0:0) | gzip >"$_dir/initramfs.gz" ||
		die "cannot write the initramfs"
	cp "$_dir/initramfs/bin/busybox" "$_dir/rootfs/bin/busybox"
	for _applet in sh getty login mount cat uname init poweroff; do
		ln -s busybox "$_dir/rootfs/bin/$_applet"
	done
	ln -s ../bin/busybox "$_dir/rootfs/sbin/init"
	printf '%s\n' 'root::0:0:root:/:/bin/sh' >"$_dir/rootfs/etc/passwd"
	printf '%s\n' 'root:x:0:' >"$_dir/rootfs/etc/group"
	printf '%s\n' '::sysinit:/bin/mount -t devtmpfs devtmpfs /dev' '::sysinit:/bin/mount -t proc proc /proc' \
		'::sysinit:/bin/mount -t sysfs sysfs /sys' 'ttyS0::respawn:/bin/getty -L ttyS0 115200 vt100' \
		>"$_dir/rootfs/etc/inittab"
	"${CC:-gcc}" -O2 -Wall -static -pthread -o "$_dir/rootfs/bin/vma_lock_cost" \
		"$repo_dir/tools/testing/vma_lock_cost/vma_lock_cost.c" || die "vma_lock_cost does not build"
	mke2fs -q -t ext4 -d "$_dir/rootfs" "$_dir/disk" 64M >"$_dir/mke2fs.log" 2>&1 ||
		die "mke2fs failed: $(tail -n 1 "$_dir/mke2fs.log")"
}

# wait_for PATTERN SECONDS: until the console has said it.
wait_for() {
	_tick=0
	until grep -aqE "$1" "$log"; do
		kill -0 "$qemu" 2>/dev/null || return 1
		_tick=$((_tick + 1))
		[ $_tick -lt $(($2 * 5)) ] || return 1
		sleep 0.2
	done
}

# gave_up KERNEL WHAT
gave_up() {
	kill -KILL "$qemu" 2>/dev/null
	note "the last lines of $log:"
	tail -n 8 "$log" | tr -d '\r' | sed 's/^/  /' >&2
	die "$1: $2: $(classify_console "$log")"
}

# boot KERNEL: to the prompt, in, and out again.
boot() {
	log=$results/$1/console.log
	accel=tcg,thread=multi
	! "$repo_dir/scripts/kvm-works.sh" "$work/$1/bzImage" 2>/dev/null || accel=kvm
	mkfifo "$work/$1/keys"
	: >"$log"
	note "$1: booting to a login prompt (${accel%%,*}) ... (log: $log)"
	_start=$(date +%s)
	setsid setpriv --pdeathsig KILL qemu-system-x86_64 -accel $accel -nodefaults -nographic \
		-no-reboot -smp 2 -m 1024 -kernel "$work/$1/bzImage" -initrd "$work/$1/initramfs.gz" \
		-drive file="$work/$1/disk",if=virtio,format=raw -nic user,model=virtio-net-pci,restrict=on \
		-append "console=ttyS0 panic=-1 slab_nomerge" -serial stdio \
		<>"$work/$1/keys" >"$log" 2>&1 &
	qemu=$!
	on_exit "kill -KILL $qemu 2>/dev/null; wait $qemu 2>/dev/null"
	exec 3>"$work/$1/keys"
	wait_for '[a-z)(]+ login: ' 300 || gave_up "$1" "no login prompt"
	note "$1: login prompt after $(elapsed $(($(date +%s) - _start)))"
	printf 'root\n' >&3
	wait_for '^(~|/) # ' 60 || gave_up "$1" "the login went nowhere"
	printf 'uname -r; echo 101000 >/proc/sys/vm/max_map_count; vma_lock_cost memory 100000; echo tainted "$(cat /proc/sys/kernel/tainted)"; cat /proc/mounts /proc/net/dev; echo all said\n' >&3
	wait_for '^all said' 300 || gave_up "$1" "its VMAs were not counted"
	printf 'poweroff -f\n' >&3
	_tick=0
	while kill -0 "$qemu" 2>/dev/null && [ $_tick -lt 150 ]; do
		sleep 0.2
		_tick=$((_tick + 1))
	done
	exec 3>&-
	kill -KILL "$qemu" 2>/dev/null
	wait "$qemu" 2>/dev/null
	{
		printf '%s, Linux %s\n' "$1" "$(cat "$results/$1/kernel")"
		printf '  login prompt, root logged in, ext4 root on a virtio disk (module)\n'
		tr -d '\r' <"$log" | sed -n 's/^cost memory /  /p; s/^tainted [0-9]/  &/p'
		printf '  kernel warnings: %s\n' "$(kernel_warnings "$log")"
	} >>"$results/debian.txt"
}

: >"$results/debian.txt" || die "cannot write $results/debian.txt"
for kernel in $kernels; do
	mkdir -p "$results/$kernel" "$work/$kernel" || die "cannot create $results/$kernel"
	if [ "$kernel" = debian ]; then
		unpack_debian
	else
		build "$kernel"
	fi
	make_disks "$kernel"
	boot "$kernel"
done
cat "$results/debian.txt"
note "results: $results"
! grep -qE 'kernel warnings: [1-9]|^  tainted ([1-9])' "$results/debian.txt"
