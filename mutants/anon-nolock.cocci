// SPDX-License-Identifier: GPL-2.0
//
// breaks:	a fault that needs an anon_vma does not ask for mmap_lock
// symptom:	the neighbours that it looks at for one change meanwhile
// noticed by:	K
// file:	mm/memory.c

@@
@@
 __vmf_anon_prepare(...)
 {
 <...
- if (!mmap_read_trylock(vma->vm_mm)) return VM_FAULT_RETRY;
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_anon_nolock) && !mmap_read_trylock(vma->vm_mm)) return VM_FAULT_RETRY;
 ...>
 }

@@
@@
 __vmf_anon_prepare(...)
 {
 <...
- mmap_read_unlock(vma->vm_mm);
+ if (!vma_lock_mutant(VMA_LOCK_MUTANT_anon_nolock)) mmap_read_unlock(vma->vm_mm);
 ...>
 }
