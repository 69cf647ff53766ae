# SPDX-License-Identifier: GPL-2.0
# Detaching waits for the count that a write lock waits for.
s/ves->detaching ? 0 : 1/1/
s/vma_exclude_readers(vma, 0, /vma_exclude_readers(vma, 1, /
