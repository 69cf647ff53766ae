#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build and boot a kernel after each step of a layer's series, as whoever bisects will.
#
#   series-steps.sh TREE RESULTS [LAYER]   TREE is only read; LAYER is what series.sh
#                                          takes, 'port' unless given
#
# Environment: STEPS="N..." only these steps (0 is TREE as it is); TIME=SECONDS of the
# stress in each guest (10); JOBS=N of make.
#
# What is built is a small kernel with lockdep and DEBUG_VM; mm/ and its like for one
# processor, without the lock; and tools/testing/vma, which is run here, too. The kernel
# runs the stress, all scenarios. Writes the mails and a log of each step to RESULTS, and
# RESULTS/steps.txt. Status: 0 if every step that was asked for builds without a warning
# of the compiler's, boots without one of the kernel's, and passes.

. "$(dirname -- "$0")/lib.sh"

series_arguments "$@"
time=${TIME:-10}
case $time in '' | *[!0-9]* | 0*) die "TIME=$time: a number of seconds from 1 on is needed" ;; esac
case ${STEPS:-0} in *[!0-9\ ]*) die "STEPS=$STEPS: numbers of steps are needed" ;; esac
[ ! -e "$dir" ] || [ -d "$dir" ] || die "$dir is no folder: name another one"
"$repo_dir/scripts/packages.sh" || exit 1
use_cache
mkdir -p "$dir" || die "cannot create the results folder $dir"
results=$(CDPATH='' cd -- "$dir" && pwd)

"$repo_dir/scripts/series.sh" "$tree" "$results/mails" "$layer" || exit 1
steps=$(find "$results/mails" -name '[0-9]*.patch' ! -name '0000-*' | wc -l)
for step in ${STEPS:-}; do
	[ "$step" -le "$steps" ] || {
		rm -rf "$results/mails"
		rmdir "$results" 2>/dev/null
		die "STEPS=$STEPS: the series has $steps steps"
	}
done

work=$cache_dir/steps/$(basename "$tree")+$layer
copy=$work/tree
# The build directories stay: what a step does not change is not compiled again.
rm -rf "$copy" "$work/image"
mkdir -p "$copy" "$work/image" "$work/smp" "$work/up" || die "cannot create $work"
need_space "$work" 2500 "the kernels of a series"
on_exit "rm -rf '$copy' '$work/image' '$work/guest.cpio.gz'"
cp -al "$tree/." "$copy" 2>/dev/null || cp -a "$tree/." "$copy" || die "cannot copy $tree to $copy"

"${CC:-gcc}" -O2 -static -pthread -I"$repo_dir/scripts/standalone" -o "$work/image/vma_lock_stress" \
	"$repo_dir"/tools/testing/selftests/mm/vma_lock_stress*.c || die "the stress does not build"
"$repo_dir/scripts/guest-image.sh" -c "$work/image" "$work/guest.cpio.gz" || exit 1

# The guest's configuration, and what is said of a PC elsewhere.
{
	cat "$repo_dir/tools/testing/kunit/configs/vma_lock_guest.config"
	printf 'CONFIG_%s=y\n' 64BIT PCI ACPI SERIAL_8250 SERIAL_8250_CONSOLE DEBUG_VM PROVE_LOCKING \
		NUMA SWAP ANON_VMA_NAME FILE_LOCKING
} >"$work/config"

# One processor has no lock for each VMA.
sed '/^CONFIG_SMP=/d; /^CONFIG_PER_VMA_LOCK/d; /^CONFIG_NUMA=/d' "$work/config" >"$work/config-up"

compiler=$(cached_compiler "${CC:-gcc}")
use_ccache

# column NAME COMMAND...: what comes of it is the next column of the row. Returns its status.
column() {
	_name=$1
	shift
	if phase "$results/$step-$_name.log" "step $step of $steps, $_name" "$@"; then
		_found=yes
		_status=0
	else
		_found=NO
		_status=1
		failed=1
	fi
	_warnings=$(grep -c 'warning: ' "$results/$step-$_name.log")
	[ "$_warnings" -eq 0 ] || { _found="$_found, $_warnings warnings"; failed=1; }
	row="$row	$_found"
	return $_status
}

# build DIR CONFIG TARGET...
build() {
	_name=$1
	_config=$2
	shift 2
	column "$_name" env -u MAKEFLAGS make -s -C "$copy" O="$work/$_name" -j"${JOBS:-$(nproc)}" \
		CC="$compiler" KBUILD_BUILD_TIMESTAMP=1970-01-01 KBUILD_BUILD_USER=vma-lock \
		KBUILD_BUILD_HOST=vma-lock KCONFIG_ALLCONFIG="$_config" allnoconfig "$@"
}

# boot: the stress on the kernel of this step.
boot() {
	_log=$results/$step-boot.log
	_found=yes
	APPEND="vma_lock.cmd=\"./vma_lock_stress -t $time\"" \
		"$repo_dir/scripts/guest-boot.sh" "$work/smp/arch/x86/boot/bzImage" \
		"$work/guest.cpio.gz" "$_log" $((300 + time * 10)) || { _found=NO; failed=1; }
	# Lockdep says INFO, too.
	_splats=$(kernel_warnings "$_log" 'INFO: ')
	[ "$_splats" -eq 0 ] || { _found="$_found, $_splats warnings"; failed=1; }
	row="$row	$_found"
}

wanted() {
	[ -n "${STEPS:-}" ] || return 0
	case " $STEPS " in *" $step "*) return 0 ;; *) return 1 ;; esac
}

failed=
vma=
step=0
printf 'step\tbuilds\tboots\twithout the lock\ttools/testing/vma\tsubject\n' >"$results/steps.txt" ||
	die "cannot write to $results"
for mail in '' "$results"/mails/0*.patch; do
	case $mail in */0000-*) continue ;; esac
	subject="Linux $(kernel_release "$tree")"
	if [ -n "$mail" ]; then
		step=$((step + 1))
		subject=$(sed -n 's/^Subject: \[[^]]*\] //p' "$mail")
		# It replaces files, so that the links of the tree stay as they are.
		patch -d "$copy" -p1 -s --fuzz=0 --force --no-backup-if-mismatch -i "$mail" ||
			die "step $step, $subject, does not apply"
		! grep -q '^+++ b/tools/testing/vma/' "$mail" || vma=1
	fi
	wanted || continue
	row=$step
	# What did not build must not be taken for what was built before.
	if build smp "$work/config" bzImage; then boot; else row="$row	not tried"; fi
	build up "$work/config-up" mm/ kernel/fork.o
	# Those of some kernels do not link before a step mends them.
	before=$row
	had_failed=$failed
	if column vma sh -ec 'make -s -C "$1" clean; make -s -C "$1" && exec "$1/vma"' sh "$copy/tools/testing/vma"; then
		vma=1
	elif [ -z "$vma" ]; then
		row="$before	not yet"
		failed=$had_failed
	fi
	printf '%s\t%s\n' "$row" "$subject" >>"$results/steps.txt"
done
cat "$results/steps.txt"
note "results: $results"
[ -z "$failed" ]
