# SPDX-License-Identifier: GPL-2.0
# What Spin checks of vma_lock.pml, and what it must find.
#
# property NAME SIZE CLAIM OPTION...   must hold. SIZE: small, in seconds, is what CI
#                                      runs; large takes minutes and gigabytes
# known NAME SIZE CLAIM OPTION...      does not hold in the kernel as it is
# break NAME PROPERTY                  BREAK_NAME must be found with these options
#
# CLAIM: safety (assertions, and nobody waits for ever for what never comes), or
# woken (no writer waits for ever, every CPU being given its turn).
property	one-reader	small	safety	-DNR=1 -DWOPS=3 -DNO_B
property	two-readers	small	safety	-DNR=2 -DWOPS=1 -DNO_B
property	recycled	small	safety	-DNR=1 -DWOPS=2 -DNO_KILL
property	killed	small	safety	-DNR=1 -DWOPS=2 -DNO_B -DSTUCK
property	woken	small	woken	-DNR=1 -DLOOP -DNO_B -DLIVENESS
known	wrapped	small	safety	-DNR=1 -DWOPS=3 -DNO_B -DROUND
property	wrapped+fixed	small	safety	-DNR=1 -DWOPS=4 -DNO_B -DROUND -DFIX_WRAP
property	wrapped+count	small	safety	-DNR=1 -DWOPS=4 -DNO_B -DROUND -DFIX_COUNT

property	two-readers-twice	large	safety	-DNR=2 -DWOPS=2 -DNO_B
property	three-readers	large	safety	-DNR=3 -DWOPS=1 -DNO_B -DNO_KILL
property	two-readers-recycled	large	safety	-DNR=2 -DWOPS=1 -DNO_KILL -DNO_SLOW
property	two-readers-wrapped+fixed	large	safety	-DNR=2 -DWOPS=3 -DNO_B -DNO_KILL -DROUND -DFIX_WRAP
property	two-readers-woken	large	woken	-DNR=2 -DLOOP -DNO_B -DLIVENESS

break	add_on_zero	one-reader
break	attach_unlocked	one-reader
break	check_then_state	one-reader
break	detach_nowait	one-reader
break	eintr_leak	one-reader
break	eintr_through	one-reader
break	exit_noattach	one-reader
break	exit_on_zero	one-reader
break	limit_max	one-reader
break	mm_after_put	one-reader
break	no_recheck	one-reader
break	prepare_late	one-reader
break	rcu_leak	one-reader
break	recheck_leak	one-reader
break	seq_early	one-reader
break	seq_late	one-reader
break	slab_notypesafe	one-reader
break	start_killable	one-reader
break	tgt_one	one-reader
break	tgt_swap	one-reader
break	wake_before_put	one-reader
break	wake_eq	one-reader
break	wake_flag	one-reader
break	wake_none	one-reader
break	wake_old	one-reader
break	mm_uaf	recycled
break	no_mm_check	recycled
break	killable_not	killed
break	check_then_state	woken
break	prepare_late	woken
break	wake_before_put	woken
break	wake_eq	woken
break	wake_flag	woken
break	wake_none	woken
break	wake_old	woken
