# SPDX-License-Identifier: GPL-2.0
# Detaching does not wait for a transient reader.
/^static inline void vma_mark_detached(/,/^}/s/__vma_exclude_readers_for_detach(vma);/;/
