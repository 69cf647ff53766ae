#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# From a kernel source to a verdict on its per-VMA lock.
#
#   run.sh
#
# Environment: KDIR=TREE the user's own tree (only read) or KVER=VERSION one of
# Debian's (default: the newest 7.x); STAGES="um x86_64 guest host" what to do
# (also kunit: KUnit alone, on ARCH; matrix: KUnit everywhere; module: KUnit as
# modules; coverage: of KUnit on UML; peers: the stress beside others; mutants:
# mutants.sh, alone); TIME=SECONDS of each stress (13); SEED=N of the stress;
# RESULTS=DIR; CPUS, CONFIG, FILTER, STRICT as kunit.sh takes them;
# LAYERS="LAYER..." what goes into the kernel besides the tests (overlay.sh), PORT=1,
# FIXES=1 and COVERAGE=1 being short for port, fixes and coverage.
#
# Each stage is a script of its own; what it found is in the results folder. The
# summary and the status are report.py's: 0 only if all of it is clean.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
0:) ;;
1:-h | 1:--help) usage; exit 0 ;;
*) usage >&2; die "wrong arguments: '$*'" ;;
esac
stages=${STAGES:-um x86_64 guest host}
arch=${ARCH:-um}
# The kernel's own make has another idea of ARCH, and an empty one is no idea.
unset ARCH
for stage in $stages; do
	case $stage in
	coverage | kunit | matrix | module | mutants | um | x86_64 | guest | host | peers) ;;
	*) die "STAGES=$stages: '$stage' is none of coverage, kunit, matrix, module, mutants, um, x86_64, guest, host, peers" ;;
	esac
done
case " $stages " in
" mutants ") ;;
*" mutants "*) die "STAGES=$stages: mutants must be alone, it is another kernel" ;;
esac
time=${TIME:-13}
case $time in '' | *[!0-9]* | 0*) die "TIME=$time: a number of seconds from 1 on is needed" ;; esac
case ${SEED:-1} in *[!0-9]*) die "SEED=$SEED: a number is needed" ;; esac
# What kunit.sh would refuse after the kernel has been fetched is refused here.
case ${CPUS:-2} in *[!0-9]* | 0*) die "CPUS=$CPUS: a number of processors from 1 on is needed" ;; esac
for fragment in ${CONFIG:-}; do
	configs=$repo_dir/tools/testing/kunit/configs
	[ -f "$configs/vma_lock_$fragment.config" ] || [ -f "$configs/$fragment" ] || [ -n "${KDIR:-}" ] ||
		die "CONFIG=$CONFIG: no fragment '$fragment'; there are: $(cd "$configs" && printf '%s\n' vma_lock_*.config | sed 's/^vma_lock_//; s/[.]config$//' | paste -sd' ')"
done
case $arch in
um | *[!A-Za-z0-9_]*) ;;
*)
	cross=
	case $arch in
	arm64) cross=aarch64-linux-gnu-gcc ;;
	riscv) cross=riscv64-linux-gnu-gcc ;;
	s390) cross=s390x-linux-gnu-gcc ;;
	esac
	[ -z "$cross" ] || [ -n "${CROSS_COMPILE:-}" ] || command -v "$cross" >/dev/null 2>&1 ||
		[ "$(uname -m)" = "${cross%%-*}" ] ||
		die "ARCH=$arch needs $cross and QEMU: scripts/packages.sh matrix installs them"
	;;
esac
layers="${PORT:+port }${FIXES:+fixes }${COVERAGE:+coverage }${LAYERS:-}"
[ "$stages" != mutants ] || layers="$layers mutants"
started=$(date +%s)

"$repo_dir/scripts/packages.sh" || exit 1

use_cache

kernel=${KVER:-}
[ -z "${KDIR:-}" ] || kernel=KDIR
source=$(kernel_source "$kernel") || exit 1
case " $layers " in
*" coverage "*)
	has_vma_refcount "$source" || [ -n "${PORT:-}" ] ||
		die "COVERAGE=1 is for the lock that counts its readers, which Linux $(kernel_version "$source") has only with PORT=1"
	;;
*" mutants "*)
	has_vma_refcount "$source" || [ -n "${PORT:-}" ] ||
		die "the mutants are of the lock that counts its readers, which Linux $(kernel_version "$source") has only with PORT=1"
	;;
esac
# shellcheck disable=SC2086 # a list of words
tree=$(overlaid_tree "$kernel" "$source" $layers)
release=$(kernel_release "$source")
for layer in $layers; do
	release="$release +$layer"
done

results=${RESULTS:-$repo_dir/results/$(date +%Y%m%d-%H%M%S)-$(kernel_version "$source")}
[ -d "$results" ] || made=1
mkdir -p "$results" || die "cannot create the results folder $results"
results=$(CDPATH='' cd -- "$results" && pwd)
# What is refused before the first stage leaves no folder that looks like a result.
[ -z "${made:-}" ] ||
	on_exit '[ "$(ls -A "$results")" != kernel ] || rm -r "$results"'
rm -f "$results/stages"
printf '%s\n' "$release" >"$results/kernel"
note "Linux $release from $source; results in $results"

# shellcheck disable=SC2086 # a list of words
"$repo_dir/scripts/overlay.sh" copy "$source" "$tree" $layers || exit 1

wants() {
	case " $stages " in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

has_vma_refcount "$tree" ||
	note "Linux $(kernel_version "$tree") has the older lock (a semaphore): no KUnit suite fits, the stress does"

if wants mutants; then
	"$repo_dir/scripts/mutants.sh" "$tree" "$results"
	exit
fi
if wants coverage; then
	"$repo_dir/scripts/packages.sh" run coverage || exit 1
	"$repo_dir/scripts/coverage.sh" "$tree" "$results" "$time"
fi
if wants matrix; then
	"$repo_dir/scripts/packages.sh" run matrix || exit 1
	"$repo_dir/scripts/kunit-matrix.sh" "$tree" "$results"
fi
if wants module; then
	"$repo_dir/scripts/kunit-module.sh" "$tree" "$results"
fi
if wants kunit; then
	has_vma_refcount "$tree" || die "there is nothing for KUnit to test in Linux $(kernel_version "$tree")"
	# What it refuses has been said, and gives nothing to report.
	"$repo_dir/scripts/kunit.sh" "$tree" "$results" "$arch" || [ -f "$results/stages" ] || exit 1
fi
if wants um && has_vma_refcount "$tree"; then
	if arch_has_lock "$tree" um; then
		"$repo_dir/scripts/kunit.sh" "$tree" "$results" um
	else
		note "UML of Linux $(kernel_version "$tree") has one processor, and so no per-VMA lock: KUnit needs another architecture"
	fi
fi
if wants x86_64 || wants guest || wants peers; then
	if wants x86_64 && has_vma_refcount "$tree"; then
		build_only=
	else
		build_only=1
	fi
	BUILD_ONLY=$build_only CONFIG=$(guest_config "$tree") \
		"$repo_dir/scripts/kunit.sh" "$tree" "$results" x86_64
fi
if wants guest && [ -f "$results/kunit-$(guest_arch "$tree").config" ]; then
	"$repo_dir/scripts/stress-guest.sh" "$tree" "$results" "$time" ${SEED:+"$SEED"}
fi
if wants peers && [ -f "$results/kunit-$(guest_arch "$tree").config" ]; then
	"$repo_dir/scripts/peers.sh" "$tree" "$results" "$time"
fi
if wants host; then
	"$repo_dir/scripts/stress-host.sh" "$results" "$time" ${SEED:+"$SEED"}
fi

"$repo_dir/scripts/report.py" "$tree" "$results"
status=$?
note "all of it took $(elapsed $(($(date +%s) - started))); results: $results"
exit $status
