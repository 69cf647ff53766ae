# SPDX-License-Identifier: GPL-2.0
# Shell functions that every script of this directory sources: messages, the
# cache, phases with a live progress line, and the clean-up that lets nothing
# outlive an interrupted script.
# shellcheck shell=sh

# Where kernel sources, overlaid trees and builds live; never in a clone.
cache_dir=${VMA_LOCK_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/vma-lock}
# The repository this script belongs to.
repo_dir=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

# The kernel's own make takes an empty ARCH for a name.
[ -n "${ARCH:-}" ] || unset ARCH

# usage: the comment at the top of the script, which says how it is used.
usage() {
	sed -n '3,/^$/s/^# \{0,1\}//p' "$0"
}

# die MESSAGE...: one clear line on stderr, status 1.
die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# note MESSAGE...: progress for people, on stderr so that stdout stays data.
note() {
	printf '%s\n' "$*" >&2
}

# need COMMAND PACKAGE: fail with the name of what to install.
need() {
	command -v "$1" >/dev/null 2>&1 ||
		die "$1 is missing: install it (Debian: apt-get install $2)"
}

# need_space DIR MIB WHAT: refuse to start what cannot be finished.
need_space() {
	_free=$(df -Pm -- "$1" | awk 'NR == 2 { print $4 }')
	[ "$_free" -ge "$2" ] ||
		die "$1 has $_free MiB free, $3 needs $2 MiB: make room or move the cache with VMA_LOCK_CACHE=DIR"
}

# kernel_version TREE: VERSION.PATCHLEVEL of a kernel tree, from its Makefile.
kernel_version() {
	sed -n 's/^VERSION = *//p; s/^PATCHLEVEL = *//p' "$1/Makefile" | paste -sd.
}

# kernel_release TREE: the full version of a kernel tree; Debian's trees also
# carry the package's version, which names the exact source.
kernel_release() {
	_release=$(sed -n 's/^VERSION = *//p; s/^PATCHLEVEL = *//p; s/^SUBLEVEL = *//p' "$1/Makefile" | paste -sd.)$(sed -n 's/^EXTRAVERSION = *//p' "$1/Makefile")
	if [ -f "$1/.vma-lock-origin" ]; then
		_release="$_release ($(cat "$1/.vma-lock-origin"))"
	elif [ -e "$1/.git" ] && command -v git >/dev/null 2>&1; then
		_release="$_release (git $(git -C "$1" describe --always --dirty 2>/dev/null))"
	fi
	printf '%s\n' "$_release"
}

# check_kernel_tree DIR: die unless DIR is a kernel tree with a per-VMA lock.
check_kernel_tree() {
	[ -d "$1" ] || die "$1: no such directory: pass the top of a kernel source tree as KDIR="
	if [ ! -f "$1/Makefile" ] || [ ! -f "$1/Kbuild" ] || [ ! -f "$1/mm/Kconfig" ]; then
		die "$1 is not a kernel source tree (no Makefile, Kbuild and mm/Kconfig): pass its top directory as KDIR="
	fi
	grep -q '^config PER_VMA_LOCK$' "$1/mm/Kconfig" ||
		die "Linux $(kernel_version "$1") in $1 has no per-VMA lock (no CONFIG_PER_VMA_LOCK): Linux 6.12, or 7.2 and newer, is needed"
}

# has_vma_refcount TREE: is the lock the reference count that KUnit tests?
has_vma_refcount() {
	grep -q 'refcount_t vm_refcnt' "$1/include/linux/mm_types.h"
}

# arch_has_lock TREE ARCH: does an overlaid tree have the lock on what kunit.py calls
# ARCH? On UML it takes several processors, which not all kernels have there.
arch_has_lock() {
	case $2 in
	x86_64) _arch=x86 ;;
	powerpcle) _arch=powerpc ;;
	*) _arch=$2 ;;
	esac
	grep -rqs --include='Kconfig*' ARCH_SUPPORTS_PER_VMA_LOCK "$1/arch/$_arch"
}

# port_of TREE: the directory under port/ that serves this kernel: its own, or
# else the newest that is older.
port_of() {
	_version=$(kernel_version "$1")
	_port=$(cd "$repo_dir/port" && printf '%s\n' [0-9]*.[0-9]* "$_version" |
		sort -uV | awk -v v="$_version" '
			{ if ($0 == v) { found = 1 } if (!found) { last = $0 } }
			END { print last }')
	[ -d "$repo_dir/port/$_version" ] && _port=$_version
	[ -n "$_port" ] ||
		die "no rules under port/ for Linux $_version; there are: $(cd "$repo_dir/port" && echo [0-9]*.[0-9]*)"
	# 6.12's rules know a lock that 6.15 replaced.
	if [ "$_port" = 6.12 ] && has_vma_refcount "$1"; then
		_port=7.2
	fi
	printf '%s\n' "$_port"
}

# Clean-up: what on_exit was told, in reverse order, however the script ends.
_exit_actions=
on_exit() {
	_exit_actions="$1
$_exit_actions"
}

_run_exit_actions() {
	_status=$?
	trap - EXIT
	trap '' HUP INT TERM
	[ -z "$_phase_pid" ] || stop_group "$_phase_pid"
	eval "$_exit_actions"
	exit "$_status"
}

_phase_pid=
trap _run_exit_actions EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# stop_group PID: end a process group, gently and then for certain.
stop_group() {
	kill -s TERM -- "-$1" 2>/dev/null || return 0
	_i=0
	while kill -s 0 -- "-$1" 2>/dev/null && [ $_i -lt 30 ]; do
		sleep 0.1
		_i=$((_i + 1))
	done
	kill -s KILL -- "-$1" 2>/dev/null
	return 0
}

# elapsed SECONDS: as m:ss.
elapsed() {
	printf '%d:%02d' $(($1 / 60)) $(($1 % 60))
}

# phase LOG TEXT COMMAND...: run a command in a session of its own with its
# output in LOG, and say what is being done, for how long, and where the log
# is: as a live line on a terminal, as a start and an end line elsewhere.
# Returns the command's status. A command that outlives the script is ended.
phase() {
	_log=$1
	_text=$2
	shift 2
	_start=$(date +%s)
	[ -t 2 ] || note "$_text ... (log: $_log)"
	setsid "$@" </dev/null >"$_log" 2>&1 &
	_phase_pid=$!
	while kill -0 "$_phase_pid" 2>/dev/null; do
		if [ -t 2 ]; then
			printf '\r%s ... %s (log: %s) ' "$_text" \
				"$(elapsed $(($(date +%s) - _start)))" "$_log" >&2
		fi
		sleep 0.2
	done
	wait "$_phase_pid"
	_phase_status=$?
	_phase_pid=
	_took=$(elapsed $(($(date +%s) - _start)))
	[ -t 2 ] && printf '\r\033[K' >&2
	if [ $_phase_status -eq 0 ]; then
		note "$_text: done in $_took"
	else
		note "$_text: FAILED after $_took with status $_phase_status (log: $_log)"
	fi
	return $_phase_status
}

# check_kernels "KERNEL...": die unless they are words such as 6.12+port: a VERSION
# of Debian's, or KDIR for the tree of that name, and LAYERs that it gets.
check_kernels() {
	[ -n "$1" ] || die "KERNELS= is empty: name kernels such as '6.12 6.12+port'"
	for _kernel in $1; do
		case $_kernel in
		*+ | *++* | */*) die "KERNELS=$1: '$_kernel' is no VERSION[+LAYER...] such as 6.12+port" ;;
		KDIR | KDIR+*) [ -n "${KDIR:-}" ] || die "KERNELS=$1 names KDIR, but there is no KDIR=TREE" ;;
		[0-9]*.[0-9]*) ;;
		*) die "KERNELS=$1: '$_kernel' is no VERSION[+LAYER...] such as 6.12+port" ;;
		esac
		# shellcheck disable=SC2086 # a list of words
		[ "$(printf '%s\n' $1 | grep -cxF "$_kernel")" = 1 ] || die "KERNELS=$1: $_kernel is there twice"
	done
}

# kernel_source KERNEL: the source tree of KDIR, of a VERSION of Debian's, or, if
# empty, of the newest 7.x.
kernel_source() {
	if [ "$1" = KDIR ]; then
		check_kernel_tree "$KDIR"
		_source=$(CDPATH='' cd -- "$KDIR" && pwd)
	else
		_source=$("$repo_dir/scripts/kernel-source.sh" ${1:+"$1"}) || exit 1
		check_kernel_tree "$_source"
	fi
	printf '%s\n' "$_source"
}

# overlaid_tree KERNEL SOURCE [LAYER...]: where the tree is that overlay.sh makes of
# kernel_source's SOURCE.
overlaid_tree() {
	_tree=$cache_dir/tree/$(basename "$2")
	# Other people's directories may have the same name.
	[ "$1" != KDIR ] || _tree=$_tree-$(printf '%s' "$2" | cksum | cut -d' ' -f1)
	shift 2
	for _layer; do
		_tree=$_tree+$_layer
	done
	printf '%s\n' "$_tree"
}

# kernel_tree KERNEL RELEASE: make or refresh the tree of a checked KERNEL, write
# its full version to the file RELEASE, and print the tree.
# shellcheck disable=SC2086 # lists of words
kernel_tree() {
	_version=${1%%+*}
	_layers=$(printf '%s' "${1#"$_version"}" | tr + ' ')
	_source=$(kernel_source "$_version") || exit 1
	_tree=$(overlaid_tree "$_version" "$_source" $_layers)
	printf '%s%s\n' "$(kernel_release "$_source")" "$(printf '%s' "$_layers" | sed 's/ / +/g')" >"$2"
	"$repo_dir/scripts/overlay.sh" copy "$_source" "$_tree" $_layers || exit 1
	printf '%s\n' "$_tree"
}

# with_layer KERNEL: the kernel as it is, and with what the project gives it.
with_layer() {
	_version=$1
	[ "$1" != KDIR ] || _version=$(kernel_version "$KDIR")
	if [ "$_version" = 6.12 ]; then
		echo "$1 $1+port"
	else
		echo "$1 $1+fixes"
	fi
}

# compared_kernels: what KERNELS, or else KDIR or KVER, wants compared.
compared_kernels() {
	if [ -n "${KERNELS:-}" ]; then
		echo "$KERNELS"
	elif [ -n "${KDIR:-}" ]; then
		check_kernel_tree "$KDIR"
		with_layer KDIR
	else
		with_layer "${KVER:-6.12}"
	fi
}

# use_ccache: one compiler cache for all builds. It believes the list of headers that
# each compilation leaves: a first build need not run the preprocessor twice.
use_ccache() {
	export CCACHE_DIR="${CCACHE_DIR:-$cache_dir/ccache}" CCACHE_BASEDIR="$cache_dir" CCACHE_DEPEND=1
}

# cached_compiler COMPILER: it, through ccache where there is one.
cached_compiler() {
	if command -v ccache >/dev/null 2>&1; then
		echo "ccache $1"
	else
		echo "$1"
	fi
}

# series_arguments TREE DIR [LAYER]: what the scripts of a series are called with, as
# tree, dir and layer.
# shellcheck disable=SC2034 # for them
series_arguments() {
	case $#:${1:-} in
	1:-h | 1:--help) usage; exit 0 ;;
	2:-* | 3:-*) usage >&2; die "wrong arguments: '$*'" ;;
	2:* | 3:*) ;;
	*) usage >&2; die "wrong arguments: '$*'" ;;
	esac
	check_kernel_tree "$1"
	tree=$(CDPATH='' cd -- "$1" && pwd)
	dir=$2
	layer=${3:-port}
}

# kernel_warnings LOG [PATTERN]: how many there are on a console; PATTERN is one more.
kernel_warnings() {
	grep -acE "\\] (WARNING: |BUG: |Oops|UBSAN: |INFO: task .* blocked|kernel BUG|refcount_t: ${2:+|$2})" "$1"
}

# use_cache: make the cache directory, and see to it that we are alone in it.
use_cache() {
	mkdir -p "$cache_dir" || die "cannot create the cache $cache_dir: move it with VMA_LOCK_CACHE=DIR"
	# Two users of one cache would build over each other.
	exec 9>"$cache_dir/lock"
	flock -n 9 || die "another run uses the cache $cache_dir: wait for it, or give this one its own with VMA_LOCK_CACHE=DIR"
}

# build_dir TREE ARCH: where a tree is built for an architecture.
build_dir() {
	printf '%s/build/%s/%s\n' "$cache_dir" "$(basename "$1")" "$2"
}

# counts_transitions TREE: is the coverage layer in?
counts_transitions() {
	[ -f "$1/mm/vma_lock_branches.c" ]
}

# guest_config TREE: the fragments of the kernel that the stress has in its guest. Where
# transitions are counted, nothing else that takes time shall keep them from happening.
guest_config() {
	if counts_transitions "$1"; then
		echo plain guest
	else
		echo guest
	fi
}

# guest_arch TREE: what kunit.sh calls that kernel.
guest_arch() {
	if counts_transitions "$1"; then
		echo x86_64-plain
	else
		echo x86_64
	fi
}

# selftests_objects TREE: where selftests.sh has a tree's headers and objects.
selftests_objects() {
	printf '%s/selftests/%s-%s-%s\n' "$cache_dir" "$(kernel_version "$1")" "${ARCH:-$(uname -m)}" \
		"$(CDPATH='' cd -- "$1" && pwd -P | tr -d '\n' | cksum | cut -d ' ' -f 1)"
}

# record_stage RESULTS NAME KIND STATUS SECONDS LOG: what report.py reads.
record_stage() {
	_results=$1
	shift
	printf '%s\t%s\t%s\t%s\t%s\n' "$@" >>"$_results/stages"
}

# classify_console LOG: why a kernel stopped talking, in a few words.
classify_console() {
	if [ ! -s "$1" ]; then
		echo "no output at all"
	elif grep -qa 'Kernel panic' "$1"; then
		grep -am 1 -o 'Kernel panic.*' "$1"
	elif grep -qa -E 'Oops|BUG:' "$1"; then
		grep -am 1 -o -E '(Oops|BUG:).*' "$1"
	elif grep -qa 'blocked for more than' "$1"; then
		grep -am 1 -o 'task .* blocked for more than.*' "$1"
	else
		echo "hung until the deadline"
	fi
}
