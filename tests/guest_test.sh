#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# From the selftests to a guest that ran them: qemu-system-* of scripts/tcg,
# kvm-works.sh, selftests.sh, guest-image.sh, guest-boot.sh.
#
# Environment: KERNEL=BZIMAGE, an x86_64 kernel with vma_lock_guest.config; the
# default is the newest that `make run` left in the cache. Without one no guest
# is booted.

. "$(dirname -- "$0")/lib.sh"

cache=$(cache_dir)
mkdir -p "$cache"
: "${KERNEL:=$(find "$cache/build" -path '*/x86_64/arch/x86/boot/bzImage' 2>/dev/null | sort -V | tail -n 1)}"
# Not while a run works on the same trees.
exec 9>"$cache/lock"
flock -w 1800 9 || { echo "Bail out! another run uses the cache $cache"; exit 1; }

# expect NAME STATUS PATTERN COMMAND...: that status, and stderr that matches.
expect() {
	_name=$1
	_want=$2
	_pattern=$3
	shift 3
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	_got=$?
	if [ $_got -eq "$_want" ] && grep -q -e "$_pattern" "$tmp/err"; then
		ok "$_name"
	else
		not_ok "$_name" "expected status $_want and '$_pattern', found $_got and: $(tail -n 12 "$tmp/err")"
	fi
}

# The wrapper, before a QEMU that only tells its arguments.
mkdir "$tmp/real" "$tmp/link"
printf '#!/bin/sh\nprintf "<%%s>" "$@"\n' >"$tmp/real/qemu-system-x86_64"
chmod 755 "$tmp/real/qemu-system-x86_64"
ln -s qemu-system-x86_64 "$tmp/real/qemu-system-aarch64"
wrapper=$scripts/tcg/qemu-system-x86_64
ln -s "$wrapper" "$tmp/link/qemu-system-x86_64"
ln -s "$wrapper" "$tmp/link/qemu-system-aarch64"
# told PATH COMMAND ARGUMENT...: what QEMU is told.
told() {
	_path=$1
	shift
	PATH=$_path:$PATH timeout 10 "$@"
}
check "wrapper: drops KVM and HVF, keeps the rest as it is" test \
	"$(told "$scripts/tcg:$tmp/real" qemu-system-x86_64 -append "a  b 'c'" -accel kvm -accel hvf -accel tcg '' kvm)" = \
	"<-append><a  b 'c'><-accel><tcg><><kvm>"
check "wrapper: no arguments but those" test "$(told "$scripts/tcg:$tmp/real" qemu-system-x86_64 -accel kvm)" = '<>'
check "wrapper: links to it, and twice in PATH" test \
	"$(told "$tmp/link:$scripts/tcg:$tmp/link:$scripts/tcg/:$tmp/real" qemu-system-x86_64 -accel kvm x)" = '<x>'
check "wrapper: another architecture by a link" test \
	"$(told "$tmp/link:$tmp/real" qemu-system-aarch64 -accel kvm x)" = '<x>'
expect "wrapper: no QEMU behind it" 127 'no other qemu-system-x86_64 in PATH' \
	env PATH="$tmp/link:$scripts/tcg" /usr/bin/timeout 10 "$wrapper" x

# Arguments of the others.
echo text >"$tmp/text"
for script in kvm-works selftests guest-image guest-boot; do
	check "$script: -h says how it is used" sh -c '"$1" -h | grep -q "$2.sh "' sh "$scripts/$script.sh" "$script"
	refuses "$script: no arguments" 'not 0 arguments' "$scripts/$script.sh"
done
refuses "kvm-works: no such kernel" 'none: no such kernel image' "$scripts/kvm-works.sh" "$tmp/none"
refuses "kvm-works: no kernel" 'text is no x86 kernel image' "$scripts/kvm-works.sh" "$tmp/text"
refuses "selftests: no such tree" 'none: no such directory' "$scripts/selftests.sh" "$tmp/none" "$tmp/selftests"
refuses "selftests: no kernel tree" 'is not a kernel source tree' "$scripts/selftests.sh" "$tmp" "$tmp/selftests"
refuses "guest-image: no such directory" 'none: no such directory' "$scripts/guest-image.sh" "$tmp/none" "$tmp/x.gz"
refuses "guest-image: no selftests" 'has no program run_kselftest.sh' "$scripts/guest-image.sh" "$tmp/real" "$tmp/x.gz"
refuses "guest-boot: no such kernel" 'none: no such file' "$scripts/guest-boot.sh" "$tmp/none" "$tmp/text" "$tmp/log"
refuses "guest-boot: no kernel" 'text is no x86 kernel image' "$scripts/guest-boot.sh" "$tmp/text" "$tmp/text" "$tmp/log"
refuses "guest-boot: a time that is none" "TIMEOUT is to be a number from 1 on, not '1m'" \
	"$scripts/guest-boot.sh" "$tmp/text" "$tmp/text" "$tmp/log" 1m
refuses "guest-boot: CPUs that are none" "CPUS is to be a number from 1 on, not '0'" \
	env CPUS=0 "$scripts/guest-boot.sh" "$tmp/text" "$tmp/text" "$tmp/log"
check "nothing was written then" test ! -e "$tmp/selftests" -a ! -e "$tmp/x.gz" -a ! -e "$tmp/log"

# The selftests of every kernel, as its own make installs them.
images=
for port in "$repo"/port/[0-9]*.[0-9]*; do
	version=${port##*/}
	if ! source=$("$scripts/kernel-source.sh" "$version" 2>"$tmp/err"); then
		skip "$version: selftests" "no source: $(tail -n 1 "$tmp/err")"
		continue
	fi
	refuses "$version: selftests of a tree without the overlay" 'put the tests in first' \
		"$scripts/selftests.sh" "$source" "$tmp/selftests"
	tree=$cache/tree/$(basename "$source")
	ln -s "$source" "$tmp/source-$version"
	"$scripts/overlay.sh" copy "$source" "$tree" 2>"$tmp/err" ||
		{ not_ok "$version: selftests" "$(tail -n 3 "$tmp/err")"; continue; }
	installed=$tmp/selftests-$version
	touch "$tmp/now"
	check "$version: selftests" "$scripts/selftests.sh" "$tree" "$installed"
	check "$version: the tree was only read" sh -c '! find "$1" -newer "$2" | grep .' sh "$tree" "$tmp/now"
	check "$version: the list is our wrapper alone" test "$(cat "$installed/kselftest-list.txt")" = mm:ksft_vma_lock.sh
	check "$version: our program alone was built" test \
		"$(cd "$installed/mm" && echo *)" = "config ksft_vma_lock.sh run_vmtests.sh settings vma_lock_stress"
	check "$version: it is static" sh -c '! ldd "$1" 2>/dev/null' sh "$installed/mm/vma_lock_stress"
	check "$version: it knows its scenarios" "$installed/mm/vma_lock_stress" -l
	stat -c %Y "$installed/mm/vma_lock_stress" >"$tmp/time"
	check "$version: selftests again" "$scripts/selftests.sh" "$tree" "$installed"
	check "$version: nothing was built again" test "$(stat -c %Y "$installed/mm/vma_lock_stress")" = "$(cat "$tmp/time")"
	check "$version: image" "$scripts/guest-image.sh" "$installed" "$tmp/image-$version"
	cp -R "$installed" "$tmp/copy-$version"
	check "$version: image again, from a copy" "$scripts/guest-image.sh" "$tmp/copy-$version" "$tmp/again"
	check "$version: it is the same" cmp "$tmp/image-$version" "$tmp/again"
	rm -rf "$tmp/copy-$version" "$tmp/again"
	images=${images:+$images }$version
done
if [ -n "$images" ]; then
	mkdir "$tmp/mine"
	touch "$tmp/mine/file"
	refuses "selftests: a directory of somebody else" 'is no earlier result of this script' \
		"$scripts/selftests.sh" "$tree" "$tmp/mine"
	check "selftests: it was left alone" test -e "$tmp/mine/file"
	cp "$tmp/real/qemu-system-x86_64" "$tmp/mine/run_kselftest.sh"
	mkdir "$tmp/mine/mm"
	cp "$tmp/mine/run_kselftest.sh" "$tmp/mine/mm/ksft_vma_lock.sh"
	cp /bin/ls "$tmp/mine/mm/vma_lock_stress"
	refuses "guest-image: a program with libraries" 'is dynamically linked' \
		"$scripts/guest-image.sh" "$tmp/mine" "$tmp/x.gz"
	# Interrupted in the middle: neither a result nor a piece of one.
	VMA_LOCK_CACHE=$tmp/fresh setsid "$scripts/selftests.sh" "$tree" "$tmp/interrupted" >"$tmp/out" 2>&1 9>&- &
	pid=$!
	sleep 2
	kill -s TERM -- -$pid
	wait $pid
	status=$?
	check "selftests: SIGTERM gives a status that says so" test $status -eq 143
	check "selftests: SIGTERM leaves nothing" sh -c '! ls -d "$1"* 2>/dev/null' sh "$tmp/interrupted"
	check "selftests: SIGTERM leaves no process" gone "make .*O=$tmp/fresh"
fi

if [ -z "${KERNEL:-}" ] || [ -z "$images" ]; then
	skip "a guest" "needs KERNEL=BZIMAGE, a kernel with vma_lock_guest.config, and a kernel source"
	done_testing
	exit
fi

# The verdict on KVM is found once, and then known.
export VMA_LOCK_CACHE="$tmp/cache"
mkdir "$tmp/cache"
boot_id=$(cat /proc/sys/kernel/random/boot_id)
if [ -r /dev/kvm ] && [ -w /dev/kvm ]; then
	echo "$boot_id yes" >"$tmp/cache/kvm-works"
	check "kvm-works: a known yes" "$scripts/kvm-works.sh" "$KERNEL"
	echo "$boot_id no because" >"$tmp/cache/kvm-works"
	expect "kvm-works: a known no" 1 'no KVM: because (tried before' "$scripts/kvm-works.sh" "$KERNEL"
	echo "another-boot yes" >"$tmp/cache/kvm-works"
	"$scripts/kvm-works.sh" "$KERNEL" 2>"$tmp/err"
	first=$?
	check "kvm-works: the verdict of another boot does not count" grep -q "^$boot_id " "$tmp/cache/kvm-works"
	"$scripts/kvm-works.sh" "$KERNEL" 2>"$tmp/err"
	check "kvm-works: the second answer is the first" test $? -eq $first
else
	expect "kvm-works: no /dev/kvm" 1 'no KVM: no ' "$scripts/kvm-works.sh" "$KERNEL"
fi

# boot NAME STATUS PATTERN COMMAND [TIMEOUT]: the guest runs COMMAND.
boot() {
	APPEND=${4:+vma_lock.cmd=\"$4\"}
	export APPEND
	expect "guest: $1" "$2" "$3" "$scripts/guest-boot.sh" "$KERNEL" "$image" "$tmp/log" ${5:+"$5"}
	unset APPEND
}

# The newest; the others pass on their own kernels, in kernels_test.sh.
version=${images##* }
image=$tmp/image-$version
boot "the kselftest of $version passes" 0 'ended after' ''
check "guest: $version: every scenario is in the log" all_scenarios \
	"$tmp/selftests-$version/mm/vma_lock_stress" "$tmp/log"
check "guest: $version: the lock was taken" grep -q 'vma-lock guest: vma_lock_success [1-9]' "$tmp/log"
mkdir "$tmp/results-$version"
cp "$tmp/log" "$tmp/results-$version/guest.log"
printf 'guest\tkselftest\t0\t20\tguest.log\n' >"$tmp/results-$version/stages"
check "guest: $version: a clean report" "$scripts/report.py" \
	"$tmp/source-$version" "$tmp/results-$version"
# The status of run_kselftest.sh itself tells neither a skip nor, with 6.12, a failure.
for version in ${images%% *} ${images##* }; do
	for status in 1 4; do
		rm -rf "$tmp/changed"
		cp -R "$tmp/selftests-$version" "$tmp/changed"
		printf '#!/bin/sh\nexit %s\n' $status >"$tmp/changed/mm/ksft_vma_lock.sh"
		image=$tmp/image-changed
		"$scripts/guest-image.sh" "$tmp/changed" "$image" 2>"$tmp/err"
		boot "$version: a wrapper that ends with $status" $status 'ok 1 selftests: mm: ksft_vma_lock.sh' ''
	done
done
boot "a command with blanks and its status" 1 'failed with status 3' 'echo   one; mm/vma_lock_stress -l; exit 3'
check "guest: the command's output is in the log" grep -q 'one' "$tmp/log"
export JSON="$tmp/stress.json"
boot "a file for the second serial port" 0 'ended after' \
	'for i in 1 2 3 4 5 6 7 8 9; do cat run_kselftest.sh mm/run_vmtests.sh; done >/tmp/stress.json'
check "guest: all of it comes out, as it was" sh -c 'for i in 1 2 3 4 5 6 7 8 9; do
	cat "$1/run_kselftest.sh" "$1/mm/run_vmtests.sh"; done | cmp - "$2"' sh "$tmp/selftests-$version" "$JSON"
boot "no file" 0 'ended after' 'true'
check "guest: an earlier one is not taken for it" test ! -e "$JSON"
unset JSON
# Noise that ends before the test, and noise that does not heed SIGINT.
for noise in 'sleep 1' 'trap "" INT; while :; do sleep 100; done'; do
	rm -rf "$tmp/changed"
	cp -R "$tmp/selftests-$version" "$tmp/changed"
	mkdir "$tmp/changed/noise"
	echo own >"$tmp/changed/noise/version"
	cp "$(command -v busybox)" "$tmp/changed/noise/sh"
	printf '#!/selftests/noise/sh\n%s\n' "$noise" >"$tmp/changed/noise/run"
	chmod 755 "$tmp/changed/noise/run"
	"$scripts/guest-image.sh" "$tmp/changed" "$tmp/image-changed" 2>"$tmp/err"
	expect "guest: noise: $noise" 1 'failed with status 1' env APPEND='vma_lock.noise vma_lock.cmd="sleep 3"' \
		"$scripts/guest-boot.sh" "$KERNEL" "$tmp/image-changed" "$tmp/log"
	check "guest: noise: $noise: it says so, and none is left" sh -c '
		grep "noise failed: it" "$1" && grep "noise: 0 processes left" "$1"' sh "$tmp/log"
done
boot "a command that skips" 4 'the test was skipped' 'echo SKIP requires 64 CPUs; exit 4'
boot "a stress that fails" 1 'failed with status 1: not ok' 'mm/vma_lock_stress -t 2 -c mprotect -B value'
case $KERNEL in
*/linux-6.*) skip "guest: a fork that is not killed (-B kill)" "no fork() can be killed there before 7.2" ;;
*) boot "a fork that is not killed (-B kill)" 1 'failed with status 1: not ok' 'mm/vma_lock_stress -t 4 -B kill' ;;
esac
boot "the end of the guest in the middle" 1 'in the middle of the test' 'reboot -f'
boot "silence" 1 'did not end in 14 seconds\|not a word in 7 seconds' 'sleep 100' 14
boot "the deadline" 1 'did not end in 15 seconds' 'while :; do echo on and on; sleep 1; done' 15
expect "guest: a panic" 1 'kernel panic: .*root' env APPEND=rdinit=/none \
	"$scripts/guest-boot.sh" "$KERNEL" "$image" "$tmp/log"
expect "guest: QEMU refuses" 1 'QEMU ended with status .*CPUs' env CPUS=9999 \
	"$scripts/guest-boot.sh" "$KERNEL" "$image" "$tmp/log"
check "guest: no process is left" gone "initrd $tmp"

# However the script ends, the guest ends with it.
for signal in TERM HUP KILL; do
	APPEND='vma_lock.cmd="sleep 300"' setsid "$scripts/guest-boot.sh" "$KERNEL" "$image" "$tmp/log" >"$tmp/out" 2>&1 9>&- &
	pid=$!
	# QEMU itself: the programs before it in the same process do not die with the script yet.
	check "guest: it runs before SIG$signal" timeout 30 \
		sh -c 'until pgrep -f "^[^ ]*qemu-system.*initrd $1"; do sleep 0.2; done' sh "$tmp"
	kill -s $signal $pid
	wait $pid 2>/dev/null
	check "guest: SIG$signal leaves no process" gone "initrd $tmp"
done
done_testing
