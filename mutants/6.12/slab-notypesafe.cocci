// SPDX-License-Identifier: GPL-2.0
//
// file:	kernel/fork.c

@@
@@
 proc_caches_init(...)
 {
 <...
- VM_AREA_SLAB_FLAGS
+ (vma_lock_mutant_chosen(VMA_LOCK_MUTANT_slab_notypesafe) ? 0 : VM_AREA_SLAB_FLAGS)
 ...>
 }

@@
@@
 proc_caches_init(...)
 {
 <...
+ if (vma_lock_mutant_chosen(VMA_LOCK_MUTANT_slab_notypesafe)) vm_area_args.use_freeptr_offset = false;
  vm_area_cachep = kmem_cache_create(...);
 ...>
 }
