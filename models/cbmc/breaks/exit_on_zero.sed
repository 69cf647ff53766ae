# SPDX-License-Identifier: GPL-2.0
# The flag is taken off, although it was not added.
s/if (!err \&\& ves.exclusive)/if (!err)/
s/^\tif (excluded)$/\tif (1)/
s/if (vma_exclude_readers(vma, 0, TASK_UNINTERRUPTIBLE) > 0)/if (vma_exclude_readers(vma, 0, TASK_UNINTERRUPTIBLE) >= 0)/
