# SPDX-License-Identifier: GPL-2.0
# The second look bails out with the count still raised.
/raw_read_seqcount(/,/goto err/s/vma_refcount_put(vma);//
