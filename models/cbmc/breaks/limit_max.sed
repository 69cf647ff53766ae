# SPDX-License-Identifier: GPL-2.0
# Readers join while a writer waits.
s/VM_REFCNT_LIMIT/INT_MAX/
/vma_refcount_get(/,/^}/s/VMA_REF_LIMIT/INT_MAX/
