# SPDX-License-Identifier: GPL-2.0
# The steps of one function, as cut.awk gives it, that matter to other CPUs: what
# is atomic, orders, sleeps, wakes or is read and written without either, in the
# order of the source, one a line, with what it is done to.
#
#   awk -v name=NAME -f steps.awk

# The operations. Whatever has one of these names is a step.
BEGIN {
	op = "^(_*refcount_[a-z_]+|atomic_[a-z_]+|READ_ONCE|WRITE_ONCE|smp_[a-z_]+|set_bit|" \
	     "rcu_(read_lock|read_unlock|assign_pointer|dereference)|_*rcuwait_[a-z_]+|" \
	     "prepare_to_rcuwait|finish_rcuwait|set_current_state|signal_pending_state|" \
	     "wake_up_process|wake_up_state|raw_read_seqcount|raw_seqcount_try_begin|" \
	     "read_seqcount_retry|do_raw_write_seqcount_[a-z]+|mm_lock_seqcount_[a-z]+|" \
	     "(down|up)_(write|read)[a-z_]*|downgrade_write|mmgrab|mmdrop|mas_walk|mas_set|" \
	     "vma_(start|end)_(read|write)[a-z_]*|__vma_(start|end)_[a-z_]+|vma_refcount_put|" \
	     "__vma_refcount_put_return|__vma_are_readers_excluded|__vma_exclude_readers_for_detach|" \
	     "vma_exclude_readers|vma_admit_readers|count_acquire|vma_refcount_get|vma_is_attached|" \
	     "__is_vma_write_locked|__vma_raw_mm_seqnum|" \
	     "__vma_lockdep_[a-z_]+|vma_mark_[a-z]+|vma_lockdep_[a-z_]+|rwsem_[a-z_]+|lock_acquired?|" \
	     "lock_release|kcsan_nestable_atomic_[a-z]+)$"
	# What is shared, and the constants that decide something.
	object = "^(vm_refcnt|vm_lock_seq|mm_lock_seq|sequence|vm_mm|vma_writer_wait|refs|task|" \
		 "VM?A?_REF(CNT)?_LIMIT|VM_REFCNT_EXCLUDE_READERS_FLAG|VMA_LOCK_OFFSET|" \
		 "TASK_[A-Z]+|UINT_MAX)$"
	# Fields that are a step even with no operation around them.
	plain = "^(vm_lock_seq|sequence|vm_mm)$"
	# An assertion looks, and is no step.
	look = "^(mmap_assert_[a-z_]+|vma_assert_[a-z_]+|[A-Z_]*(WARN|BUG)[A-Z_]*|" \
	       "refcount_warn_saturate|__vma_lockdep_map|ASSERT_EXCLUSIVE_WRITER)$"
}

{ text = text $0 "\n" }

# strip S: without comments and continued lines.
function strip(s,	out, i) {
	gsub(/\\\n/, " ", s)
	out = ""
	while ((i = index(s, "/*")) > 0) {
		out = out substr(s, 1, i - 1) " "
		s = substr(s, i + 2)
		i = index(s, "*/")
		s = substr(s, i + 2)
	}
	return out s
}

END {
	s = strip(text)
	# Past the head: the body, or what a macro stands for.
	i = index(s, "\n{")
	if (i > 0)
		s = substr(s, i + 2)
	else {
		i = index(s, ")")
		s = substr(s, i + 1)
	}
	depth = 0
	while (match(s, /[A-Za-z_][A-Za-z_0-9]*|[()]/)) {
		word = substr(s, RSTART, RLENGTH)
		s = substr(s, RSTART + RLENGTH)
		if (word == "(") {
			depth++
			continue
		}
		if (word == ")") {
			depth--
			# The end of the call that is being read.
			while (n > 0 && depth == at[n])
				n--
			continue
		}
		if (word ~ look) {
			at[++n] = depth
			of[n] = 0
			continue
		}
		if (word ~ op && s ~ /^[ \t\n]*\(/) {
			at[++n] = depth
			step[++steps] = word
			of[n] = steps
			continue
		}
		if (word !~ object || (n > 0 && !of[n]))
			continue
		if (n > 0)
			step[of[n]] = step[of[n]] " " word
		else if (word ~ plain)
			step[++steps] = word
	}
	for (i = 1; i <= steps; i++)
		print name ": " step[i]
}
