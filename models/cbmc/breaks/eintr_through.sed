# SPDX-License-Identifier: GPL-2.0
# A killed writer goes on as if it had the lock.
/^static int __vma_start_exclude_readers(/,/^}/s/if (err) {/if (err = 0) {/
/^static int vma_exclude_readers(/,/^}/s/if (err) {/if (err = 0) {/
