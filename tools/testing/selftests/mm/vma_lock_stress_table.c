// SPDX-License-Identifier: GPL-2.0
/*
 * vma_lock_stress: what there is to run, in one place
 *
 * A weight is the share of an operation among those drawn. An operation without one is never
 * drawn, and what only it could make is never right. The aims are branches of the lock that the
 * scenario is there to reach; Documentation/mm/vma_lock_stress.rst describes them.
 */
#include "vma_lock_stress.h"

const char *const transition_names[NR_TRANSITIONS] = {
	"R0", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "N1", "N2", "N3", "N4",
	"W1", "W2", "W3", "W4", "D1", "D2", "D3", "P1", "F1",
};

const struct event_info events[NR_EVENTS] = {
	[EV_UNBORN]		= { "unborn", "not started", 0 },
	[EV_ENDED]		= { "ended", "ended", 0 },
	[EV_NONE]		= { "none", "its own code", 0 },
	[EV_LOAD_ID]		= { "load_identity", "load of the identity", 0 },
	[EV_LOAD_STAMP]		= { "load_stamp", "load of the stamp", 0 },
	[EV_STORE_ID]		= { "store_identity", "store of the identity", 0 },
	[EV_ZAP]		= { "zap", "MADV_DONTNEED", 0 },
	[EV_DIRTY]		= { "dirty", "store of a sequence number", 0 },
	[EV_READ_MAPS]		= { "read_maps", "read of /proc/PID/maps", 0 },
	[EV_READ_SMAPS]		= { "read_smaps", "read of /proc/PID/smaps", 0 },
	[EV_QUERY_MAPS]		= { "procmap_query", "PROCMAP_QUERY", 0 },
	[EV_RESOLVE]		= { "uffd_resolve", "userfaultfd resolution", 0 },
	[EV_HOLD]		= { "hold", "the long hold of a VMA read lock", 0 },
	[EV_PROTECT_ALL]	= { "mprotect_all", "mprotect of all", MAKES_READONLY },
	[EV_PROTECT_PART]	= { "mprotect_part", "mprotect of a part", MAKES_READONLY },
	[EV_UNMAP]		= { "munmap", "munmap", MAKES_HOLES },
	[EV_FILL]		= { "mmap", "mmap into a hole", 0 },
	[EV_REMAP]		= { "munmap_mmap", "munmap and mmap", MAKES_HOLES },
	[EV_REPLACE]		= { "mmap_fixed", "mmap MAP_FIXED", 0 },
	[EV_MOVE]		= { "mremap_move", "mremap away and back", MAKES_HOLES },
	[EV_RESIZE]		= { "mremap_resize", "mremap shrink and grow", MAKES_HOLES },
	[EV_DONTUNMAP]		= { "mremap_dontunmap", "mremap MREMAP_DONTUNMAP", 0 },
	[EV_LOCK]		= { "mlock", "mlock, mlock2 or munlock", 0 },
	[EV_ADVISE]		= { "madvise_flags", "madvise that changes flags", 0 },
	[EV_DROP]		= { "madvise_drop", "MADV_FREE and MADV_DONTNEED", 0 },
	[EV_GUARD]		= { "madvise_guard", "MADV_GUARD_INSTALL or _REMOVE",
				    MAKES_GUARDS },
	[EV_COLLAPSE]		= { "madvise_collapse", "MADV_COLLAPSE", 0 },
	[EV_PUNCH]		= { "madvise_remove", "MADV_REMOVE", 0 },
	[EV_BRK]		= { "brk", "brk", MAKES_HOLES },
	[EV_STACK]		= { "stack_reset", "reset of a growing stack", MAKES_HOLES },
	[EV_SEALED]		= { "munmap_sealed", "munmap up to a sealed page", 0 },
	[EV_REMOTE]		= { "process_madvise", "process_madvise from elsewhere", 0 },
	[EV_FORK]		= { "fork", "fork", 0 },
	[EV_EXIT]		= { "exit", "exit or exec in the middle of faults", 0 },
	[EV_WAITER]		= { "waiter", "a call beside a held VMA", 0 },
};

const struct plan_info plans[NR_PLANS] = {
	[PLAN_FREE] = { "free", "the scheduler decides; mutators let readers look",
			T_BIT(R0) | T_BIT(R1) | T_BIT(R2) | T_BIT(W1) | T_BIT(W2) | T_BIT(F1), 1 },
	[PLAN_SPREAD] = { "spread", "readers and mutators on CPUs of their own, no rests",
			  T_BIT(R1) | T_BIT(R2) | T_BIT(R6) | T_BIT(W2), 2 },
	[PLAN_PREEMPT] = { "preempt", "a mutator preempts the reader of its own CPU",
			   T_BIT(R3) | T_BIT(W2), 1 },
	[PLAN_HOG] = { "hog", "spread, and bursts of load preempt the readers",
		       T_BIT(R1) | T_BIT(R2) | T_BIT(R3) | T_BIT(R6) | T_BIT(D2) | T_BIT(W2), 2 },
	[PLAN_TENANT] = { "tenant", "preempt, and another mm takes the VMAs just freed",
			  T_BIT(R5) | T_BIT(R3) | T_BIT(W2), 1 },
	[PLAN_RECYCLE] = { "recycle", "hog, and the same mm takes the VMAs just freed",
			   T_BIT(R7) | T_BIT(R6) | T_BIT(D2), 2 },
	[PLAN_SLIDE] = { "slide", "one access and one call slid across each other",
			 T_BIT(R1) | T_BIT(R2) | T_BIT(R6) | T_BIT(W2), 2 },
	[PLAN_CROWD] = { "crowd", "four readers a CPU, in bursts",
			 T_BIT(R2) | T_BIT(W2) | T_BIT(F1), 1 },
};

#define CALM	(PLAN_BIT(FREE) | PLAN_BIT(SPREAD))
#define HARD	(PLAN_BIT(PREEMPT) | PLAN_BIT(HOG))

const struct scenario scenarios[] = {
	{
		.name = "mprotect",
		.races = "faults against mprotect() of a range and its parts: flip, split, merge",
		.oracle = "loads succeed, stores as the protection says, no content is lost",
		.aims = T_BIT(R0) | T_BIT(R1) | T_BIT(R2) | T_BIT(W1) | T_BIT(W2) | T_BIT(W4) |
			T_BIT(D1),
		.body = world_body,
		.plans = CALM | PLAN_BIT(HOG) | PLAN_BIT(SLIDE) | PLAN_BIT(CROWD),
		.share = 2,
		.weight = { [EV_PROTECT_ALL] = 1, [EV_PROTECT_PART] = 3 },
	},
	{
		.name = "munmap_mmap",
		.races = "faults against munmap() and mmap() at the same place, a hole in between",
		.oracle = "SIGSEGV in the hole and nowhere else, fresh pages are fresh",
		.aims = T_BIT(R3) | T_BIT(R7) | T_BIT(R8) | T_BIT(W2) | T_BIT(D1) | T_BIT(D2),
		.body = world_body,
		.plans = CALM | HARD | PLAN_BIT(RECYCLE),
		.share = 2,
		.weight = { [EV_UNMAP] = 2, [EV_FILL] = 2, [EV_REMAP] = 1 },
	},
	{
		.name = "map_fixed",
		.races = "faults against mmap(MAP_FIXED) over a range and its parts",
		.oracle = "never a SIGSEGV in the range, fresh pages are fresh",
		.aims = T_BIT(R1) | T_BIT(R2) | T_BIT(R3) | T_BIT(R6) | T_BIT(W2) | T_BIT(D1) |
			T_BIT(D2) | T_BIT(D3),
		.body = world_body,
		.plans = CALM | HARD | PLAN_BIT(SLIDE),
		.share = 3,
		.weight = { [EV_REPLACE] = 1 },
	},
	{
		.name = "mixed",
		.races = "faults against all of these, drawn at random",
		.oracle = "all of these",
		.aims = T_BIT(R0) | T_BIT(R1) | T_BIT(R2) | T_BIT(R3) | T_BIT(R6) | T_BIT(W1) |
			T_BIT(W2) | T_BIT(W4) | T_BIT(D1),
		.body = world_body,
		.plans = CALM | HARD | PLAN_BIT(CROWD),
		.share = 2,
		.weight = {
			[EV_PROTECT_ALL] = 1, [EV_PROTECT_PART] = 3, [EV_UNMAP] = 2,
			[EV_FILL] = 1, [EV_REMAP] = 1, [EV_REPLACE] = 2,
		},
	},
};

const unsigned int nr_scenarios = ARRAY_SIZE(scenarios);

const struct sabotage_info sabotages[NR_SABOTAGES] = {
	[SAB_NONE]	= { "", "", NULL },
	[SAB_VALUE]	= { "value", "a mutator stores a wrong stamp", NULL },
	[SAB_ACCESS]	= { "access", "a mutator calls a page read-only and leaves it writable",
			    NULL },
	[SAB_LOST]	= { "lost", "a mutator zaps a page that keeps a reader's store", NULL },
	[SAB_HOLE]	= { "hole", "a mutator unmaps a page and does not say so", NULL },
	[SAB_GUARD]	= { "guard", "a mutator removes a guard region and does not say so",
			    "guard" },
	[SAB_HANG]	= { "hang", "a mutator never finishes a call", NULL },
	[SAB_TAINT]	= { "taint", "the kernel seems to have warned", NULL },
	[SAB_SPLAT]	= { "splat", "the kernel's log seems to have a new report", NULL },
	[SAB_IDLE]	= { "idle", "no modifying call is made (ends in SKIP, not in \"not ok\")",
			    NULL },
};
