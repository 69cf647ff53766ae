// SPDX-License-Identifier: GPL-2.0
//
// file:	mm/vma_lock.c

@@
@@
 vma_refcount_get(...)
 {
 <...
- VMA_REF_LIMIT
+ (vma_lock_mutant(VMA_LOCK_MUTANT_limit_max) ? INT_MAX : VMA_REF_LIMIT)
 ...>
 }
