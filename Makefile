# SPDX-License-Identifier: GPL-2.0
#
# vma-lock: tests of Linux's per-VMA lock. `make help` says what there is.

# 13 seconds of stress is what the kselftest runs by itself.
TIME ?= 13

# What is set is for the scripts; what is empty is not there at all: the kernel's
# own make takes an empty ARCH for a name.
$(foreach v,KDIR KVER TIME SEED STAGES RESULTS ARCH CPUS CONFIG FILTER STRICT JOBS\
		PORT FIXES COVERAGE LAYERS NOISE BY_HAND KERNELS ROUNDS VMAS LTP_DIR\
		TOOLS MUTANTS EACH SCOPE BUDGET STEPS,\
	$(if $($v),$(eval export $v),$(eval unexport $v)))

.DEFAULT_GOAL := help

help:
	@sed -n 's/^## \{0,1\}//p' Makefile

## vma-lock: from a kernel tree to a verdict on its per-VMA lock
##
## make run                 fetch the newest Linux 7.x that Debian serves, build it with
##                          the tests, run KUnit on UML and on x86_64 (QEMU), the stress in
##                          the same kernel's guest and on this machine; sum it up
## make run KDIR=~/linux    the same with your own tree, which is only read
## make check               all tests of the project (.ci/run does this; BUDGET=SECONDS: as
##                          many as go into that)
## make kunit               the inner loop: only KUnit, on UML (ARCH=x86_64: on QEMU)
## make coverage            which lines and branches of the lock KUnit runs, and the stress
##                          (gcov on UML)
## make matrix              KUnit in every configuration and on every architecture; built
##                          for the first time, more than an hour
## make bench KVER=6.12      what the lock costs: stock, ported, 7.3: memory, instructions
##                          counted in QEMU, operations a second as paired ratios
## make compare KVER=6.12    the kernel's own tests on stock and ported: what differs
##                          (LTP_DIR=DIR: LTP's runtest/mm, too)
## make mutants             break the lock in every way in mutants/, and see which test notices
## make series KVER=6.12    the ported lock as mails for git am, in results/ (no sign-off);
##                          with KVER=7.3 FIXES=1 the fixes for 7.x
## make steps KVER=6.12     build and boot a small kernel after each patch of that series
## make models              what no run can show: memory ordering and lost wake-ups, in models
##                          that are compared with the source (LARGE=1 PARTS="litmus spin")
## make stress              the stress on this machine's kernel: needs only a C compiler
## make peers               the stress beside stress-ng and the kernel's own programs, on a
##                          kernel that counts the transitions of the lock (TIME= seconds each)
## make report              draw a page of the newest results, or of RESULTS=DIR: report.html
## make install KDIR=       put the tests into a tree; make uninstall KDIR= takes them out
## make lint                the cheap checks of style alone
## make clean               remove results/ (the cache stays; see VMA_LOCK_CACHE)
##
## KDIR=DIR                 a kernel source tree: 6.12 (stress only), 7.2 or newer
## KVER=7.2                 another of Debian's kernels (scripts/kernel-source.sh -l lists)
## STAGES="um x86_64 guest host"   what make run does
## TIME=13 SEED=N            seconds of each stress; its seed
## ARCH=um CPUS=2 CONFIG= FILTER=  of make kunit: architecture (x86_64, arm64, riscv, s390),
##                          processors, configuration (plain, debug_vm, kasan, kcsan, ...),
##                          suites ('vma_lock.*wait*'); STRICT=1 known weaknesses fail
## PORT=1 FIXES=1 COVERAGE=1   what goes into the kernel: 6.12's ported lock, the fixes for
##                          7.x, a counter in every branch (LAYERS= names them, as in port/)
## NOISE=1                  Debian's stress-ng disturbs the stress in the guest
## TOOLS= MUTANTS= EACH=60  of make mutants: who tries (um x86_64 stress), only these mutants,
##                          seconds of the stress for each
## RESULTS=DIR              results folder (default results/DATE-VERSION)
## VMA_LOCK_CACHE=DIR       sources and builds (default ~/.cache/vma-lock, about 8 GiB)
run:
	@scripts/run.sh

kunit:
	@STAGES="kunit" scripts/run.sh

models:
	@scripts/models.sh $(if $(LARGE),-l) $(PARTS)

coverage:
	@STAGES="coverage" scripts/run.sh

matrix:
	@STAGES="matrix module" scripts/run.sh

bench:
	@scripts/bench.sh

compare:
	@scripts/compare.sh

peers:
	@COVERAGE=1 STAGES=peers scripts/run.sh

report:
	@results="$(RESULTS)"; [ -n "$$results" ] || results=$$(ls -td results/*/ 2>/dev/null | head -n 1); \
	[ -n "$$results" ] || { echo "there are no results yet: make run, or name them as RESULTS=DIR" >&2; exit 1; }; \
	scripts/packages.sh report && scripts/page.py "$${results%/}"

mutants:
	@STAGES="mutants" scripts/run.sh

# The tree whose series is wanted, for the shell.
series_tree = $${KDIR:-$$(scripts/kernel-source.sh $(or $(KVER),6.12))}

series:
	@tree=$(series_tree) && scripts/series.sh "$$tree" \
		"$(or $(RESULTS),results/series-$$(basename "$$tree"))" $(if $(FIXES),fixes,port)

steps:
	@tree=$(series_tree) && scripts/series-steps.sh "$$tree" \
		"$(or $(RESULTS),results/steps-$$(basename "$$tree"))" $(if $(FIXES),fixes,port)

check:
	@tests/check.sh

lint:
	@tests/check.sh lint

stress:
	@scripts/stress-host.sh - $(TIME) $(SEED)

install uninstall:
	@[ -n "$(KDIR)" ] || { echo "make $@ needs KDIR=: the kernel tree to change" >&2; exit 1; }
	@scripts/overlay.sh $@ "$(KDIR)"

clean:
	rm -rf results

.PHONY: help run kunit models coverage matrix bench compare series steps mutants check lint stress install uninstall clean report peers
