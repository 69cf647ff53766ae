# SPDX-License-Identifier: GPL-2.0
# The flag is taken off, although it was not added.
s/if (!err \&\& ves.exclusive)/if (!err)/
