// SPDX-License-Identifier: GPL-2.0
//
// breaks:	the cache of VMAs is made without SLAB_TYPESAFE_BY_RCU
// symptom:	a lockless reader raises the count in a page that was given away
// noticed by:	K
// file:	mm/vma_init.c

@@
@@
 vma_state_init(...)
 {
 <...
- SLAB_TYPESAFE_BY_RCU
+ (vma_lock_mutant_chosen(VMA_LOCK_MUTANT_slab_notypesafe) ? 0 : SLAB_TYPESAFE_BY_RCU)
 ...>
 }
@@
@@
 vma_state_init(...)
 {
 <...
+ if (vma_lock_mutant_chosen(VMA_LOCK_MUTANT_slab_notypesafe)) args.use_freeptr_offset = false;
  vm_area_cachep = kmem_cache_create(...);
 ...>
 }
