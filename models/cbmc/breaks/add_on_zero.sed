# SPDX-License-Identifier: GPL-2.0
# The flag is added to a count of 0 as well.
s/refcount_add_not_zero(/refcount_add(/
/^static int vma_exclude_readers(/,/^}/s/__refcount_add_not_zero_limited_acquire(/__refcount_add_at_zero_too(/
