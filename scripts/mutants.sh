#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Which tests notice which mutant of the lock?
#
#   mutants.sh TREE RESULTS    TREE: overlaid with the layer mutants
#
# Environment: TOOLS="um x86_64 stress" who is to try, in this order, on what the
# ones before it left alive (without um where UML has no lock); MUTANTS="NAME..." only these; JOBS=N boots at a time
# (the number of processors); DEADLINE=SECONDS of a KUnit boot (40); EACH=SECONDS
# of the stress for each (60); FRESH=1 forget what earlier runs found; ALL=1 let
# every tool try every mutant; SCOPE=threads who suffers in the guest: tasks of
# processes with threads, so that what supervises does not; later or all.
#
#   um       KUnit on UML, one boot a mutant, ended at the first failure
#   x86_64   KUnit on x86_64 (QEMU), likewise
#   stress   the stress program in a guest: one boot meets one mutant after the
#            other, until something is noticed
#   stress-ng, proc-maps-race, mmap1   its peers, in the same way; they look for
#            nothing of the lock, so what they find is what the kernel says of itself.
#            Only if asked for. mmap1 is LTP's: LTP_DIR=DIR, as compare.sh takes it
#   boot     no test at all, but a shell that lists files, all of whose processes
#            suffer: what the kernel says of itself in everyday use. Only if asked for
#
# First of all the kernel with no mutant awake must pass. What was found about a
# mutant is a file of its own in the cache, which a later run of the same kernel
# and the same rules takes for granted: an interrupted matrix is continued, and a
# full disk loses no finished row. RESULTS gets mutants.txt, .json and .html.
#
# A verdict is one of
#
#   killed     a test failed, and said of what; or what it was at, as the kernel died
#   warned     the tests said nothing, the kernel complained of itself
#   crashed    the kernel died before a test could say why
#   hung       the deadline passed, and no test had said anything
#   survived   nothing noticed, though the broken step was reached
#   unreached  nobody came by the broken step

. "$(dirname -- "$0")/lib.sh"

# judge LOG STATUS: read a console; print VERDICT, CASE and MESSAGE, by tabs.
judge() {
	tr -d '\r' <"$1" | awk -v status="$2" '
	function strip(s) {
		sub(/^\[ *[0-9.]+\](\[[^]]*\])? */, "", s)
		return s
	}
	{ line = strip($0); bare = line; sub(/^[ \t]+/, "", bare) }
	/# Subtest: / { sub(/.*# Subtest: /, "", line); subtest[match($0, /#/)] = line; last = line; next }
	last != "" && bare ~ /^ok [0-9]+/ && index(bare " ", " " last " ") { last = "" }
	# What the suite was doing when the lock took the kernel down with it.
	bare ~ /^# vma_lock: state / && words == "" { words = bare; sub(/^# vma_lock: /, "", words); dying = last }
	bare ~ /EXPECTATION FAILED|ASSERTION FAILED/ {
		if (!failed) { case_ = bare; sub(/^# /, "", case_); sub(/: .*/, "", case_) }
		failed = 1; next
	}
	failed && bare ~ /^state / && message == "" { message = bare }
	failed && message == "" && detail == "" && bare ~ /^Expected / { detail = bare }
	bare ~ /^not ok [0-9]+/ && notok == "" { notok = bare; sub(/^not ok [0-9]+ (- )?/, "", notok) }
	bare ~ /^(WARNING: |BUG: |kernel BUG|refcount_t: |INFO: (possible|task|rcu)|Kernel panic|Oops|rcu: INFO)/ && splat == "" { splat = bare }
	bare ~ /WARNING: (suspicious|possible|bad|held|inconsistent|circular)|WARNING: CPU|BUG: KASAN/ && splat == "" { splat = bare }
	bare ~ /Kernel panic|Oops:|Modules linked in:.*Oops|BUG: unable to handle|general protection/ { if (death == "") death = bare }
	bare ~ /^# FAIL / && message == "" { message = substr(bare, 3) }
	bare ~ /^mutant [^ ]+ end status/ {
		if ($0 ~ / reached N/) unreached = 1
		if ($0 ~ / status hung/) next
		ended = 1
		if ($0 !~ / status [04] / && notok == "") { notok = "status"; detail = bare }
	}
	/vma_lock_mutant: .* was never reached/ { unreached = 1 }
	/vma_lock_mutant: .* was (never )?reached/ { ended = 1 }
	/: (Halted|Restarting)|reboot: / { ended = 1 }
	END {
		if (notok != "" || failed && message detail != "") verdict = "killed"
		else if (words != "") { verdict = "killed"; case_ = dying; message = words }
		else if (death != "") { verdict = "crashed"; message = death }
		else if (splat != "" && splat !~ /blocked for more/) { verdict = "warned"; message = splat }
		else if (status == 124 || !ended) { verdict = "hung"; message = splat }
		else verdict = unreached ? "unreached" : "survived"
		if (case_ != "" && notok != "" && notok != case_) case_ = case_ ": " notok
		if (case_ == "") case_ = notok
		if (message == "") message = detail
		if (verdict == "killed" && splat != "" && (message == "" || message ~ /found one in the log/))
			message = message (message == "" ? "" : ": ") splat
		gsub(/\t/, " ", message); gsub(/\t/, " ", case_)
		printf "%s\t%s\t%s\n", verdict, case_, message
	}'
}

# boot_um LOG [NAME]: KUnit on UML, until the first failure. Status 124: deadline. With one
# CPU, unless um_cpus says otherwise: the processors of this machine have a boot each.
boot_um() {
	_dir=$(mktemp -d "${TMPDIR:-/tmp}/vma-lock-um.XXXXXX") || return 1
	(cd "$_dir" && exec setsid "$um/linux" mem=512M console=tty kunit_shutdown=halt panic=-1 \
		"uml_dir=$_dir" umid=m "ncpus=${um_cpus:-1}" pty.legacy_count=0 seccomp=on kunit.timeout=20 kunit.enable=1 \
		${2:+"vma_lock_mutant=$2"} </dev/null >"$1" 2>&1) &
	on_exit "rm -rf '$_dir'"
	watch_boot $! "$1"
	_boot=$?
	rm -rf "$_dir"
	return $_boot
}

# boot_x86_64 LOG [NAME]: the same on x86_64.
boot_x86_64() {
	# shellcheck disable=SC2086 # the option of KVM or TCG
	setsid qemu-system-x86_64 $accel -nodefaults -nographic -no-reboot -smp 2 -m 1024 \
		-bios qboot.rom -kernel "$x86/arch/x86/boot/bzImage" -serial stdio \
		-append "console=ttyS0 kunit_shutdown=reboot panic=-1 reboot=t kunit.enable=1 kunit.timeout=20 ${2:+vma_lock_mutant=$2}" \
		</dev/null >"$1" 2>&1 &
	watch_boot $! "$1"
}

# keep_row NAME TOOL SECONDS FOUND: whole, or not at all.
keep_row() {
	_new=$rows/$2/$1.new
	if printf '%s\t%s\t%s\t%s\n' "$@" >"$_new" && tail -c 1 "$_new" | grep -q '^$' && mv "$_new" "$rows/$2/$1.row"; then
		return
	fi
	rm -f "$_new"
	note "cannot keep the row of $1: $(df -h "$rows" | awk 'NR == 2 { print $4 }') free in $rows; what is finished is kept, run it again"
	return 1
}

# watch_boot PID LOG: until it ends, fails a case or is past its deadline.
watch_boot() {
	on_exit "kill -s KILL -- -$1 2>/dev/null"
	_i=0
	_said=0
	_watch=0
	while kill -0 "$1" 2>/dev/null; do
		sleep 0.1
		_i=$((_i + 1))
		if [ -n "$first_failure" ] && grep -qaE '^[^a-z]*not ok [0-9]' "$2"; then
			break
		elif [ -n "$first_failure" ] && [ $((_i % 10)) -eq 0 ] && grep -qa 'EXPECTATION FAILED' "$2" &&
		     [ $((_said += 1)) -ge 10 ]; then
			# It said what is wrong, and hangs in cleaning up after itself.
			break
		elif [ $_i -ge $((deadline * 10)) ]; then
			_watch=124
			break
		fi
	done
	kill -s KILL -- "-$1" 2>/dev/null
	wait "$1" 2>/dev/null
	return $_watch
}

# try TOOL NAME: one mutant, one boot, one row.
try() {
	_log=$rows/$1/$2.log
	_t=$(date +%s%N)
	"boot_$1" "$_log" "$2"
	_status=$?
	_found=$(judge "$_log" $_status)
	# A lookup that looks for ever while the tree changes takes two CPUs.
	case $1:$_found in
	um:survived* | um:unreached* | um:hung*)
		um_cpus=2
		boot_um "$_log" "$2"
		_status=$?
		_found=$(judge "$_log" $_status)
		;;
	esac
	_ms=$((($(date +%s%N) - _t) / 1000000))
	# xargs ends everything at a status of 255.
	keep_row "$2" "$1" "$((_ms / 1000)).$((_ms % 1000 / 100))" "$_found" || return 255
}

# alive TOOL: the mutants that no tool before this one has killed.
alive() {
	for _name in $names; do
		_dead=
		for _tool in $tools; do
			[ "$_tool" != "$1" ] || break
			_verdict=$(cut -f4 "$rows/$_tool/$_name.row" 2>/dev/null)
			if [ -n "${ALL:-}" ]; then continue; fi
			[ "$_verdict" != killed ] || _dead=1
		done
		[ -n "$_dead" ] || printf '%s\n' "$_name"
	done
}

# healthy TOOL: with no mutant awake everything must pass.
healthy() {
	first_failure=
	"boot_$1" "$rows/$1/none.log" "" || true
	first_failure=1
	_found=$(judge "$rows/$1/none.log" 0)
	[ "${_found%%"$(printf '\t')"*}" = survived ] ||
		die "the kernel with no mutant awake does not pass on $1, so nothing else would mean anything: $(printf '%s' "$_found" | tr '\t' ' ') (log: $rows/$1/none.log)"
}

# all TOOL: every mutant that is left, JOBS at a time.
all() {
	mkdir -p "$rows/$1"
	[ -z "${FRESH:-}" ] || rm -f "$rows/$1"/*.row
	alive "$1" >"$rows/$1/list"
	while read -r _name; do
		[ -f "$rows/$1/$_name.row" ] || printf '%s\n' "$_name"
	done <"$rows/$1/list" >"$rows/$1/todo"
	_n=$(wc -l <"$rows/$1/todo")
	[ "$_n" -gt 0 ] || { note "$1: nothing left to try"; return 0; }
	note "$1: the kernel with no mutant awake first"
	healthy "$1"
	_start=$(date +%s)
	note "$1: $_n of $(wc -l <"$rows/$1/list") mutants, $jobs boots at a time (logs: $rows/$1)"
	setsid xargs -P "$jobs" -n 1 "$0" --one "$1" <"$rows/$1/todo" &
	_phase_pid=$!
	while kill -0 $_phase_pid 2>/dev/null; do
		_done=$(while read -r _name; do [ ! -f "$rows/$1/$_name.row" ] || echo; done <"$rows/$1/todo" | wc -l)
		_took=$(($(date +%s) - _start))
		_left=
		[ "$_done" -eq 0 ] || _left=", about $(elapsed $((_took * (_n - _done) / _done))) left"
		if [ -t 2 ]; then
			printf '\r%s: %d of %d, %s%s \033[K' "$1" "$_done" "$_n" "$(elapsed $_took)" "$_left" >&2
			sleep 0.5
		else
			[ $((_took % 30)) -ne 0 ] || note "$1: $_done of $_n, $(elapsed $_took)$_left"
			sleep 1
		fi
	done
	wait $_phase_pid
	_status=$?
	_phase_pid=
	[ ! -t 2 ] || printf '\r\033[K' >&2
	note "$1: $_n mutants in $(elapsed $(($(date +%s) - _start)))"
	[ $_status -eq 0 ] || die "$1: the matrix is unfinished (status $_status); run it again to continue"
}

# guest_rows TOOL [complete]: a row for each mutant that the last boot met, or
# only for those it was done with. The log is cut where the guest says that the
# next one is awake.
guest_rows() {
	rm -f "$rows/$1/part."*
	tr -d '\r' <"$rows/$1/boot.log" | awk -v dir="$rows/$1" '
		/mutant [^ ]+ begin/ { name = $0; sub(/.*mutant /, "", name); sub(/ begin.*/, "", name); file = dir "/part." name }
		file != "" { print >file }
		/mutant [^ ]+ end status/ { close(file); file = "" }'
	for _part in "$rows/$1/part."*; do
		[ -f "$_part" ] || break
		_name=${_part##*/part.}
		_status=0
		if ! grep -qa "mutant $_name end status" "$_part"; then
			_status=124
			[ -z "${2:-}" ] || continue
		fi
		_seconds=$(sed -n 's/^\[ *\([0-9.]*\)\].*/\1/p' "$_part" | awk 'NR == 1 { a = $1 } { b = $1 } END { printf "%.1f", b - a }')
		_found=$(judge "$_part" $_status)
		if [ "$_name" = none ]; then
			[ -n "${2:-}" ] ||
			[ "${_found%%"$(printf '\t')"*}" = survived ] || [ "${_found%%"$(printf '\t')"*}" = unreached ] ||
				die "the kernel with no mutant awake does not pass the $1: $(printf '%s' "$_found" | tr '\t' ' ') (log: $rows/$1/boot.log)"
			continue
		fi
		mv "$_part" "$rows/$1/$_name.log"
		keep_row "$_name" "$1" "$_seconds" "$_found" || exit 1
	done
}

# guests TOOL: boot after boot, each with what is still to be met.
guests() {
	alive "$1" >"$rows/$1/list"
	[ -z "${FRESH:-}" ] || rm -f "$rows/$1"/*.row "$rows/$1/boot.log"
	# What a boot that was interrupted had found out already.
	[ ! -f "$rows/$1/boot.log" ] || guest_rows "$1" complete
	_image=$rows/guest
	"$repo_dir/scripts/selftests.sh" "$tree" "$_image" || exit 1
	_scope=$scope
	case $1 in
	stress-ng | proc-maps-race) "$repo_dir/scripts/peers-programs.sh" "$tree" "$_image/peers" || exit 1 ;;
	mmap1) install -D "$LTP_DIR/testcases/bin/mmap1" "$_image/peers/mmap1" || exit 1 ;;
	boot) _scope=${SCOPE:-later} ;;
	esac
	case $1 in
	stress) _command="mm/vma_lock_stress -t $each" ;;
	stress-ng) _command="peers/stress-ng-sid/run --vma 2 --timeout $each --temp-path /tmp" ;;
	# Six tests share the time.
	proc-maps-race) _command="env DURATION=$(((each + 5) / 6)) peers/proc-maps-race" ;;
	# It takes three minutes of its own accord.
	mmap1) _command="env LTP_RUNTIME_MUL=$(awk "BEGIN { print $each / 180 }") TMPDIR=/tmp peers/mmap1" ;;
	boot) _command="sh -c \"timeout $each sh -c 'while ls -lR /bin | grep -q .; do :; done'; true\"" ;;
	esac
	cp "$repo_dir/scripts/mutants-in-guest.sh" "$_image/" || exit 1
	_start=$(date +%s)
	_boots=0
	while :; do
		while read -r _name; do
			[ -f "$rows/$1/$_name.row" ] || printf '%s\n' "$_name"
		done <"$rows/$1/list" >"$rows/$1/todo"
		_n=$(wc -l <"$rows/$1/todo")
		[ "$_n" -gt 0 ] || break
		# The healthy kernel comes first.
		{ [ $_boots -gt 0 ] || echo none; cat "$rows/$1/todo"; } >"$_image/mutants.list"
		cat >"$_image/run.sh" <<EOF
exec sh ./mutants-in-guest.sh $_scope $each mutants.list $_command
EOF
		"$repo_dir/scripts/guest-image.sh" "$_image" "$rows/guest.cpio.gz" 2>/dev/null || die "cannot make the guest's image"
		phase "$rows/$1/boot.err" "$1: $_n mutants to meet, at most $((each * 2 + 5)) s each" \
			env QUIET=$((each * 2 + 60)) APPEND='vma_lock.cmd="sh run.sh"' \
			"$repo_dir/scripts/guest-boot.sh" "$image" "$rows/guest.cpio.gz" "$rows/$1/boot.log" \
			$(((_n + 1) * (each * 2 + 10) + 200)) || true
		guest_rows "$1"
		rm -f "$rows/$1/boot.old"
		mv "$rows/$1/boot.log" "$rows/$1/boot.old" 2>/dev/null
		_boots=$((_boots + 1))
		_after=$(while read -r _name; do [ -f "$rows/$1/$_name.row" ] || echo; done <"$rows/$1/todo" | wc -l)
		[ "$_after" -lt "$_n" ] ||
			die "the guest did not come to the first mutant: $(tail -n 1 "$rows/$1/boot.err") (log: $rows/$1/boot.old)"
	done
	note "$1: done in $(elapsed $(($(date +%s) - _start))), $_boots boots"
}

case ${1:-}:$# in
-h:1 | --help:1) usage; exit 0 ;;
--judge:3) judge "$2" "$3"; exit ;;
--one:3)
	# A worker, told by the environment what it needs to know.
	try "$2" "$3"
	exit
	;;
*:2) ;;
*) usage >&2; die "wrong arguments: '$*'" ;;
esac
tree=$1
results=$2
tools=${TOOLS:-um x86_64 stress}
export deadline="${DEADLINE:-40}" first_failure=1
export jobs="${JOBS:-$(nproc)}"
each=${EACH:-60}
scope=${SCOPE:-threads}
case $each in '' | *[!0-9]* | 0*) die "EACH=$each: a number of seconds from 1 on is needed" ;; esac
for tool in $tools; do
	case $tool in
	um | x86_64 | stress | stress-ng | proc-maps-race | boot) ;;
	mmap1)
		[ -x "${LTP_DIR:+$LTP_DIR/testcases/bin/mmap1}" ] ||
			die "TOOLS=$tools: mmap1 is LTP's, and LTP_DIR=${LTP_DIR:-} is not where that was installed to"
		;;
	*) die "TOOLS=$tools: '$tool' is none of um, x86_64, stress, stress-ng, proc-maps-race, mmap1, boot" ;;
	esac
done
case $deadline in '' | *[!0-9]* | 0*) die "DEADLINE=$deadline: a number of seconds from 1 on is needed" ;; esac
case $jobs in '' | *[!0-9]* | 0*) die "JOBS=$jobs: a number of boots from 1 on is needed" ;; esac
[ -f "$tree/include/linux/vma_lock_mutants.h" ] || die "$tree has no mutants in it: overlay it with the layer mutants"
[ -d "$results" ] || die "$results: no such directory"
[ -n "${TOOLS:-}" ] || arch_has_lock "$tree" um || tools="x86_64 stress"
export tools

names=$("$repo_dir/scripts/mutants-apply.sh" names "$(kernel_version "$tree")") || exit 1
for name in ${MUTANTS:-}; do
	printf '%s\n' "$names" | grep -qxF "$name" || die "MUTANTS=$name: no such mutant for Linux $(kernel_version "$tree"); 'ls mutants' shows them"
done
names=${MUTANTS:-$names}
rows=$cache_dir/mutants/$(basename "$tree")
mkdir -p "$rows" || die "cannot create $rows"
need_space "$rows" 50 "the matrix"
export rows

for tool in $tools; do
	case $tool in
	um)
		BUILD_ONLY=1 JOBS='' CONFIG=mutants "$repo_dir/scripts/kunit.sh" "$tree" "$results" um || exit 1
		um=$(build_dir "$tree" um-mutants)
		export um
		image=$um/linux
		;;
	*)
		BUILD_ONLY=1 JOBS='' CONFIG="guest mutants" "$repo_dir/scripts/kunit.sh" "$tree" "$results" x86_64 || exit 1
		x86=$(build_dir "$tree" x86_64-mutants)
		image=$x86/arch/x86/boot/bzImage
		accel="-accel tcg,thread=multi"
		! "$repo_dir/scripts/kvm-works.sh" "$image" || accel="-accel kvm"
		export x86 accel
		;;
	esac
	[ -f "$image" ] || die "$image is missing: the build left no kernel"
	# Rows of another kernel tell nothing about this one.
	mkdir -p "$rows/$tool"
	sum=$(cksum <"$image")
	if [ "$(cat "$rows/$tool/image" 2>/dev/null)" != "$sum" ]; then
		rm -f "$rows/$tool"/*.row "$rows/$tool"/*.log "$rows/$tool"/part.*
		printf '%s\n' "$sum" >"$rows/$tool/image"
	fi
	case $tool in
	um) all um ;;
	x86_64) deadline=$((deadline * 4)) all x86_64 ;;
	*) guests "$tool" ;;
	esac
done
# shellcheck disable=SC2086 # a list of words
"$repo_dir/scripts/mutants-report.sh" "$rows" "$results" "$(kernel_release "$tree")" $tools
