// SPDX-License-Identifier: GPL-2.0
/*
 * Instructions that each step of the per-VMA lock takes when nobody is in the way.
 *
 *   insmod vma_lock_cost_module.ko lookup=0x...
 *
 * lookup is the address of lock_vma_under_rcu(), from /proc/kallsyms: not every
 * kernel exports it. The time stamp counter must count instructions, which is
 * what QEMU gives an x86 guest with -icount shift=0; otherwise loading fails.
 *
 * Each result is a message "cost count NAME VALUE instructions". All of them are
 * taken on VMAs of the loading process, on the kernel's own paths: the functions
 * that mm.h and mmap_lock.h make of the lock are compiled in here as they are
 * there. What is told of a step is the median of its runs, less what the
 * measurement alone takes.
 */
#define pr_fmt(fmt) "vma_lock_cost: " fmt

#include <linux/init.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmap_lock.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/timex.h>

#define RUNS	101	/* of each step */
#define VMAS	16	/* write-locked one after the other */

static unsigned long lookup;
module_param(lookup, ulong, 0);
MODULE_PARM_DESC(lookup, "Address of lock_vma_under_rcu()");

typedef struct vm_area_struct *(*lookup_fn)(struct mm_struct *mm, unsigned long address);

/* Where each step leaves the ticks of its runs. */
enum step {
	NOTHING,
	THOUSAND,
	CALL,
	WALK,
	READ_LOCK,
	READ_UNLOCK,
	MMAP_WRITE_LOCK,
	WRITE_LOCK,
	WRITE_LOCK_AGAIN,
	MMAP_WRITE_UNLOCK,
	STEPS
};

static u64 ticks[STEPS][RUNS];

/* What a lookup costs that does nothing: the call, through a pointer. */
static noinline struct vm_area_struct *no_lookup(struct mm_struct *mm, unsigned long address)
{
	barrier();
	return NULL;
}

/* The way to the VMA, without the lock. */
static noinline struct vm_area_struct *walk_only(struct mm_struct *mm, unsigned long address)
{
	MA_STATE(mas, &mm->mm_mt, address, address);
	struct vm_area_struct *vma;

	rcu_read_lock();
	vma = mas_walk(&mas);
	rcu_read_unlock();
	return vma;
}

/* do not let the compiler move work into, or out of, what is counted */
static __always_inline u64 tick(void)
{
	u64 now;

	barrier();
	now = get_cycles();
	barrier();
	return now;
}

static int take_runs(struct mm_struct *mm, unsigned long *addresses)
{
	lookup_fn volatile_lookup[3] = { no_lookup, walk_only, (lookup_fn)lookup };
	struct vm_area_struct *vma, *vmas[VMAS];
	u64 begin;
	int run, i;

	for (run = 0; run < RUNS; run++) {
		unsigned long address = addresses[run % VMAS];

		begin = tick();
		ticks[NOTHING][run] = tick() - begin;

		begin = tick();
		asm volatile(".rept 1000; nop; .endr" : : : "memory");
		ticks[THOUSAND][run] = tick() - begin;

		OPTIMIZER_HIDE_VAR(volatile_lookup[0]);
		begin = tick();
		volatile_lookup[0](mm, address);
		ticks[CALL][run] = tick() - begin;

		OPTIMIZER_HIDE_VAR(volatile_lookup[1]);
		begin = tick();
		vma = volatile_lookup[1](mm, address);
		ticks[WALK][run] = tick() - begin;
		if (!vma)
			return -EFAULT;

		begin = tick();
		vma = volatile_lookup[2](mm, address);
		ticks[READ_LOCK][run] = tick() - begin;
		if (!vma) {
			pr_err("state nobody uses the mm: lock_vma_under_rcu(): expected the VMA, found NULL\n");
			return -EBUSY;
		}

		begin = tick();
		vma_end_read(vma);
		ticks[READ_UNLOCK][run] = tick() - begin;

		begin = tick();
		mmap_write_lock(mm);
		ticks[MMAP_WRITE_LOCK][run] = tick() - begin;

		for (i = 0; i < VMAS; i++)
			vmas[i] = find_vma(mm, addresses[i]);

		begin = tick();
		for (i = 0; i < VMAS; i++)
			vma_start_write(vmas[i]);
		ticks[WRITE_LOCK][run] = tick() - begin;

		begin = tick();
		for (i = 0; i < VMAS; i++)
			vma_start_write(vmas[i]);
		ticks[WRITE_LOCK_AGAIN][run] = tick() - begin;

		begin = tick();
		mmap_write_unlock(mm);
		ticks[MMAP_WRITE_UNLOCK][run] = tick() - begin;
		cond_resched();
	}
	return 0;
}

static int compare_ticks(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static long median(enum step step)
{
	return ticks[step][RUNS / 2];
}

static void tell(const char *name, long count)
{
	pr_info("cost count %s %ld instructions\n", name, count);
}

static int __init vma_lock_cost_init(void)
{
	unsigned long area, addresses[VMAS];
	struct mm_struct *mm = current->mm;
	long base;
	int err, i;

	if (!lookup) {
		pr_err("no lookup=: pass the address of lock_vma_under_rcu()\n");
		return -EINVAL;
	}
	if (!mm) {
		pr_err("no address space to work on: load the module from user space\n");
		return -EINVAL;
	}

	/* Neighbours that differ in what they may do stay VMAs of their own. */
	area = vm_mmap(NULL, 0, VMAS * PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(area))
		return area;
	for (i = 0; i < VMAS; i++) {
		addresses[i] = vm_mmap(NULL, area + i * PAGE_SIZE, PAGE_SIZE,
				       i % 2 ? PROT_READ : PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
		if (IS_ERR_VALUE(addresses[i])) {
			err = addresses[i];
			goto out;
		}
	}
	err = take_runs(mm, addresses);
	if (err)
		goto out;
	for (i = 0; i < STEPS; i++)
		sort(ticks[i], RUNS, sizeof(ticks[i][0]), compare_ticks, NULL);

	base = median(NOTHING);
	if (median(THOUSAND) - base != 1000) {
		pr_err("1000 instructions took %ld ticks: boot with qemu -icount shift=0\n",
		       median(THOUSAND) - base);
		err = -EOPNOTSUPP;
		goto out;
	}
	tell("lookup_and_read_lock", median(READ_LOCK) - median(CALL));
	tell("read_lock", median(READ_LOCK) - median(WALK));
	tell("read_unlock", median(READ_UNLOCK) - base);
	tell("read_lock_and_unlock", median(READ_LOCK) - median(WALK) + median(READ_UNLOCK) - base);
	tell("write_lock", (median(WRITE_LOCK) - base) / VMAS);
	tell("write_lock_again", (median(WRITE_LOCK_AGAIN) - base) / VMAS);
	tell("mmap_write_lock", median(MMAP_WRITE_LOCK) - base);
	tell("mmap_write_unlock", median(MMAP_WRITE_UNLOCK) - base);
out:
	vm_munmap(area, VMAS * PAGE_SIZE);
	return err;
}

static void __exit vma_lock_cost_exit(void)
{
}

module_init(vma_lock_cost_init);
module_exit(vma_lock_cost_exit);
MODULE_DESCRIPTION("Instructions that the per-VMA lock takes");
MODULE_LICENSE("GPL");
