#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the kernel's own tests, and LTP's of mm, on two kernels, and tell where the
# results differ.
#
#   compare.sh
#
# Environment: KERNELS="VERSION[+LAYER...] ..." which ones, the first being what the
# others are compared with; KDIR in place of a VERSION is the tree KDIR=. Without
# KERNELS, KVER=6.12 or KDIR=TREE choose: the kernel as it is, and with its port or
# fixes. STAGES="vma maple mm proc ltp" what is run: tools/testing/vma and
# tools/testing/radix-tree's maple here, the selftests mm and proc and LTP's
# runtest/mm in a guest. LTP_DIR=DIR a built and installed LTP, linked statically
# (without it, ltp is left out and said to be). ONLY=REGEX of mm: the categories of
# run_vmtests.sh that are run; of proc and ltp: the tests. RESULTS=DIR.
#
# Writes RESULTS/KERNEL/outcomes, a line a result: suite, test, outcome, with tabs
# between; the logs; RESULTS/compare.txt. Status: 0 if everything ran and nothing
# differs.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
0:) ;;
1:-h | 1:--help) usage; exit 0 ;;
*) usage >&2; die "wrong arguments: '$*'" ;;
esac
stages=${STAGES:-vma maple mm proc ltp}
for stage in $stages; do
	case $stage in
	vma | maple | mm | proc | ltp) ;;
	*) die "STAGES=$stages: '$stage' is none of vma, maple, mm, proc, ltp" ;;
	esac
done
kernels=$(compared_kernels) || exit 1
check_kernels "$kernels"
case $kernels in *' '*) ;; *) die "KERNELS=$kernels: two are needed to compare" ;; esac
case " $stages " in
*' ltp '*)
	if [ -z "${LTP_DIR:-}" ]; then
		note "no LTP_DIR=: LTP's tests are left out"
		stages=$(printf '%s' " $stages " | sed 's/ ltp / /')
		no_ltp=1
	else
		for file in runtest/mm testcases/bin/mmap10; do
			[ -f "$LTP_DIR/$file" ] || die "LTP_DIR=$LTP_DIR has no $file: name the directory that LTP was installed to"
		done
	fi
	;;
esac

case ${ONLY:-} in *[\"\']*) die "ONLY=$ONLY: quotes cannot be passed to the guest" ;; esac

wants() {
	case " $stages " in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

"$repo_dir/scripts/packages.sh" run compare || exit 1
use_cache
results=${RESULTS:-$repo_dir/results/$(date +%Y%m%d-%H%M%S)-compare}
mkdir -p "$results" || die "cannot create the results folder $results"
results=$(CDPATH='' cd -- "$results" && pwd)

# outcome KERNEL SUITE TEST OUTCOME
outcome() {
	_kernel=$1
	shift
	printf '%s\t%s\t%s\n' "$@" >>"$results/$_kernel/outcomes"
}

# on_host KERNEL COPY DIR PROGRAM: build one of the kernel's user-space tests in the
# copy and run it here.
on_host() {
	_log=$results/$1/$4-build.log
	if ! phase "$_log" "$1: building tools/testing/$3/$4" \
		env -u MAKEFLAGS make -C "$2/tools/testing/$3" "$4"; then
		outcome "$1" "$4" "builds" "no"
		return
	fi
	_log=$results/$1/$4.log
	if phase "$_log" "$1: running tools/testing/$3/$4" timeout 1500 \
		sh -c 'cd "$1" && exec ./"$2"' sh "$2/tools/testing/$3" "$4"; then
		outcome "$1" "$4" "exit status" 0
	else
		outcome "$1" "$4" "exit status" $?
	fi
	# How many it ran is a result, too; but those of the maple tree run threads, and
	# their number is another in each run of one kernel.
	_totals=$(grep -aoE '[0-9]+ tests run, [0-9]+ passed.*|[0-9]+ of [0-9]+ tests passed' "$_log" | tail -n 1 |
		sed 's/^\([0-9]*\) of \1 tests passed$/all passed/')
	outcome "$1" "$4" totals "${_totals:-none told}"
}

# selftests KERNEL COPY OBJECTS IMAGE: build mm and proc in the copy, linked
# statically, and put what there is into IMAGE. `make install` would put nothing
# there if a single test does not build, which happens in stable kernels.
selftests() {
	_targets=
	for _stage in mm proc; do
		! wants $_stage || _targets="$_targets $_stage"
	done
	[ -n "$_targets" ] || return 0
	phase "$results/$1/headers.log" "$1: kernel headers" env -u MAKEFLAGS \
		make -s -C "$2" O="$3" headers || die "no kernel headers: see $results/$1/headers.log"
	phase "$results/$1/selftests.log" "$1: selftests$_targets" env -u MAKEFLAGS \
		make -k -C "$2/tools/testing/selftests" -j "$(nproc)" O="$3" all \
		TARGETS="$_targets" USERLDFLAGS=-static || die "no selftests: see $results/$1/selftests.log"
	for _target in $_targets; do
		mkdir -p "$4/$_target"
		find "$3/kselftest/$_target" -maxdepth 1 -type f -perm -100 -exec cp {} "$4/$_target/" \;
		find "$2/tools/testing/selftests/$_target" -maxdepth 1 -name '*.sh' -exec cp {} "$4/$_target/" \;
	done
	# What does not build has no result.
	sed -n 's/^make.*\*\*\* .*kselftest\/\([a-z]*\/[^]]*\)\] Error.*/\1/p' "$results/$1/selftests.log" |
		while read -r _test; do outcome "$1" "${_test%%/*}" "${_test#*/} builds" no; done
}

# prepare KERNEL: its tree, builds and results on the host, and the guest's image.
prepare() {
	mkdir -p "$results/$1" || die "cannot create $results/$1"
	: >"$results/$1/outcomes"
	_tree=$(kernel_tree "$1" "$results/$1/kernel") || exit 1
	printf '%s\n' "$_tree" >"$results/$1/tree"
	# These tests write to the source that they are built in.
	_copy=$cache_dir/compare/$(basename "$_tree")
	rm -rf "$_copy"
	{ mkdir -p "$_copy" && cp -al "$_tree/." "$_copy"; } || die "cannot copy $_tree to $_copy"
	! wants vma || on_host "$1" "$_copy" vma vma
	! wants maple || on_host "$1" "$_copy" radix-tree maple
	case " $stages " in *' mm '* | *' proc '* | *' ltp '*) ;; *) return 0 ;; esac

	BUILD_ONLY=1 CONFIG=distro "$repo_dir/scripts/kunit.sh" "$_tree" "$results/$1" x86_64 || exit 1
	_build=$(build_dir "$_tree" x86_64-distro)
	_image=$_build/compare/image
	rm -rf "$_image"
	mkdir -p "$_image/bin" || die "cannot create $_image"
	selftests "$1" "$_copy" "$_build/compare" "$_image"
	if wants ltp; then
		# Of the programs those that runtest/mm names, and the helpers.
		mkdir -p "$_image/ltp/testcases/bin" "$_image/ltp/runtest"
		cp "$LTP_DIR/runtest/mm" "$_image/ltp/runtest/" || die "cannot copy $LTP_DIR/runtest/mm"
		for _file in "$LTP_DIR"/testcases/bin/*; do
			case ${_file##*/} in
			*.sh | *_*) ;;
			*) grep -qw "${_file##*/}" "$LTP_DIR/runtest/mm" || continue ;;
			esac
			cp -R "$_file" "$_image/ltp/testcases/bin/" || die "cannot copy $_file"
		done
	fi
	find "$_image" -type f -perm -100 -exec strip {} + 2>/dev/null
	cp "$repo_dir/scripts/compare-guest.sh" "$_image/" || exit 1
	"$repo_dir/scripts/guest-image.sh" -c "$_image" "$_build/compare/guest.cpio.gz" || exit 1
}

# boot KERNEL STAGE: run the tests of one stage in the kernel's guest.
boot() {
	_build=$(build_dir "$(cat "$results/$1/tree")" x86_64-distro)
	_log=$results/$1/$2.log
	APPEND="slab_nomerge vma_lock.cmd=\"bash ./compare-guest.sh $2 '${ONLY:-.}'\"" MEM=3072 QUIET=900 \
		"$repo_dir/scripts/guest-boot.sh" "$_build/arch/x86/boot/bzImage" \
		"$_build/compare/guest.cpio.gz" "$_log" 5400
	# Whatever the guest came to, it is a result.
	tr -d '\r' <"$_log" | sed 's/^\[[^]]*\]\(\[[^]]*\]\)\{0,1\} //' >"$_log.plain"
	awk -v suite="$2" -v OFS='\t' '
		/^compare: / { sub(/^compare: /, ""); test = $0; sub(/ outcome .*/, "", test); sub(/.* outcome /, ""); print suite, test, $0 }
		/^vma-lock guest: end status/ { ended = 1 }
		END { print suite, "comes to its end", ended ? "yes" : "no" }' "$_log.plain" >>"$results/$1/outcomes"
	# Each result inside of a test, by its test and its text.
	awk -v suite="$2" -v OFS='\t' '
		/^compare-begin: / { test = $2; next }
		/^[# ]*(ok|not ok) [0-9]+/ {
			outcome = /^[# ]*ok/ ? "ok" : "not ok"
			if (/# SKIP/) outcome = "skip"
			sub(/^[# ]*(not )?ok [0-9]+ *-? */, ""); sub(/ *# (SKIP|exit=).*/, "")
			# Addresses, sizes and times are no part of a name.
			gsub(/0x[0-9a-f]+/, "0x"); gsub(/[0-9]+ns|[0-9.]+ ?s\>/, "")
			# Nor is what pagemap_ioctl counted.
			gsub(/[0-9]+ \([0-9.]+%\)/, "N"); gsub(/faults [0-9]+/, "faults N")
			if ($0 != "") print suite, test ": " $0, outcome
		}' "$_log.plain" >>"$results/$1/outcomes"
	rm -f "$_log.plain"
	outcome "$1" "$2" "kernel warnings" "$(kernel_warnings "$_log")"
}

for kernel in $kernels; do
	prepare "$kernel"
done
for stage in mm proc ltp; do
	wants $stage || continue
	for kernel in $kernels; do
		boot "$kernel" $stage
	done
done

# The table: each suite, and each test whose outcome is not the same.
first=${kernels%% *}
{
	for kernel in $kernels; do
		printf '%s is Linux %s\n' "$kernel" "$(cat "$results/$kernel/kernel")"
	done
	[ -z "${no_ltp:-}" ] || echo "LTP's tests were not run: LTP_DIR= was not given."
	if [ -n "${LTP_DIR:-}" ] && wants ltp; then
		echo "LTP $(cat "$LTP_DIR/VERSION" "$LTP_DIR/Version" 2>/dev/null | head -n 1)"
	fi
	for kernel in $kernels; do
		[ "$kernel" != "$first" ] || continue
		echo
		echo "$kernel, compared with $first"
		# A name that comes twice is told apart by its count.
		awk -F '\t' -v OFS='\t' '
			{ key = $1 FS $2; key = key (n[FILENAME, key]++ ? " #" n[FILENAME, key] : "") }
			FNR == 1 { file++ }
			{ if (!(key in known)) { known[key] = 1; order[++k] = key; suite[k] = $1 } }
			file == 1 { a[key] = $3 }
			file == 2 { b[key] = $3 }
			END {
				for (i = 1; i <= k; i++) {
					key = order[i]; s = suite[i]
					if (!(s in total)) suites[++m] = s
					total[s]++
					x = key in a ? a[key] : "no result"
					y = key in b ? b[key] : "no result"
					if (x == y) { same[s]++; continue }
					split(key, part, FS)
					differences[s] = differences[s] "    " part[2] ": " x " -> " y "\n"
				}
				printf "  %-8s %8s %8s %10s\n", "suite", "results", "same", "different"
				for (i = 1; i <= m; i++) {
					s = suites[i]
					printf "  %-8s %8d %8d %10d\n", s, total[s], same[s], total[s] - same[s]
					all += total[s] - same[s]
				}
				for (i = 1; i <= m; i++)
					if (differences[suites[i]])
						printf "\n  %s\n%s", suites[i], differences[suites[i]]
				printf "\n  %s: %d differences\n", "all", all
			}' "$results/$first/outcomes" "$results/$kernel/outcomes"
	done
} >"$results/compare.txt" || die "cannot write to $results"
cat "$results/compare.txt"
note "results: $results"
! grep -q 'all: [1-9][0-9]* differences' "$results/compare.txt"
