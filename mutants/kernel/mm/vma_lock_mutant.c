// SPDX-License-Identifier: GPL-2.0
/*
 * Choose which mutant of the per-VMA lock is awake, and for whom.
 *
 * In debugfs:vma_lock_mutant/, and in /sys/module/vma_lock_mutant/parameters/
 * for kernels without it:
 *
 *	mutant	the name of the one that is awake, or none; write to change it
 *	scope	all: every task suffers from it; later: processes that were started
 *		after this was written; threads: those with more than one thread.
 *		Kernel threads always do. A shell or a supervisor so stays healthy,
 *		and can tell.
 *	reached	has anybody come by the broken step since?
 *	names	of all mutants, a line each
 */
#define pr_fmt(fmt) "vma_lock_mutant: " fmt

#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/moduleparam.h>
#include <linux/reboot.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>
#include <linux/vma_lock_mutant.h>

/* Wide enough for another CPU to come by, where two steps were swapped. */
#define VMA_LOCK_MUTANT_WINDOW_US 100

#define VMA_LOCK_MUTANT_STRING(name) #name
static const char * const vma_lock_mutant_names[] = {
	"none",
	VMA_LOCK_MUTANTS(VMA_LOCK_MUTANT_STRING)
};

int vma_lock_mutant_awake __read_mostly;
EXPORT_SYMBOL_GPL(vma_lock_mutant_awake);

/* On the command line; decides for what happens before anything is awake. */
static int vma_lock_mutant_at_boot __initdata;
static enum {
	VMA_LOCK_MUTANT_ALL,
	VMA_LOCK_MUTANT_LATER,
	VMA_LOCK_MUTANT_THREADS,
} vma_lock_mutant_scope __read_mostly;
static pid_t vma_lock_mutant_later_than;
static bool vma_lock_mutant_reached;

/**
 * vma_lock_mutant_applies() - does the awake mutant concern this task?
 *
 * Context: any; the broken step is about to be taken or left out.
 * Return: true if it is to be wrong.
 */
bool vma_lock_mutant_applies(void)
{
	if (!(current->flags & PF_KTHREAD)) {
		if (vma_lock_mutant_scope == VMA_LOCK_MUTANT_THREADS &&
		    get_nr_threads(current) < 2)
			return false;
		if (vma_lock_mutant_scope == VMA_LOCK_MUTANT_LATER &&
		    task_tgid_nr(current) <= vma_lock_mutant_later_than)
			return false;
	}
	/* No count: a shared counter would keep the racing CPUs apart. */
	if (!READ_ONCE(vma_lock_mutant_reached))
		WRITE_ONCE(vma_lock_mutant_reached, true);
	return true;
}
EXPORT_SYMBOL_GPL(vma_lock_mutant_applies);

/**
 * vma_lock_mutant_chosen() - was this one named on the command line?
 * @number: which mutant.
 *
 * For steps that are taken once, early in the boot.
 * Context: initialisation. Return: true if so.
 */
bool __init vma_lock_mutant_chosen(enum vma_lock_mutant_number number)
{
	if (vma_lock_mutant_at_boot != number)
		return false;
	vma_lock_mutant_reached = true;
	return true;
}

/**
 * vma_lock_mutant_linger() - make the window between two swapped steps wide.
 *
 * Context: any.
 */
void vma_lock_mutant_linger(void)
{
	udelay(VMA_LOCK_MUTANT_WINDOW_US);
}
EXPORT_SYMBOL_GPL(vma_lock_mutant_linger);

/**
 * vma_lock_mutant_poll() - wait for a count without giving up the CPU for good.
 * @count: the count.
 * @target: what it is to become.
 *
 * Context: may be preempted. Return: 0.
 */
int vma_lock_mutant_poll(struct refcount_struct *count, unsigned int target)
{
	while (refcount_read(count) != target)
		cond_resched();
	return 0;
}

/* The names of rules have dashes where identifiers have underscores. */
static int vma_lock_mutant_find(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vma_lock_mutant_names); i++) {
		const char *a = vma_lock_mutant_names[i], *b = name;

		while (*a && (*a == *b || (*a == '_' && *b == '-')))
			a++, b++;
		if (!*a && (!*b || *b == '\n'))
			return i;
	}
	return -EINVAL;
}

static int __init vma_lock_mutant_setup(char *name)
{
	int found = vma_lock_mutant_find(name);

	if (found < 0)
		panic("vma_lock_mutant=%s: no such mutant in this kernel", name);
	vma_lock_mutant_at_boot = found;
	return 0;
}
early_param("vma_lock_mutant", vma_lock_mutant_setup);

static void vma_lock_mutant_wake(int number)
{
	/* Steps of the old one must not be seen by the new one's report. */
	WRITE_ONCE(vma_lock_mutant_awake, VMA_LOCK_MUTANT_NONE);
	WRITE_ONCE(vma_lock_mutant_reached, false);
	WRITE_ONCE(vma_lock_mutant_awake, number);
	pr_info("%s is awake\n", vma_lock_mutant_names[number]);
}

static int vma_lock_mutant_set(const char *name, const struct kernel_param *kp)
{
	int found = vma_lock_mutant_find(name);

	if (found < 0)
		return found;
	vma_lock_mutant_wake(found);
	return 0;
}

static int vma_lock_mutant_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", vma_lock_mutant_names[READ_ONCE(vma_lock_mutant_awake)]);
}

static const char * const vma_lock_mutant_scopes[] = {
	[VMA_LOCK_MUTANT_ALL]		= "all",
	[VMA_LOCK_MUTANT_LATER]		= "later",
	[VMA_LOCK_MUTANT_THREADS]	= "threads",
};

static int vma_lock_mutant_scope_set(const char *name, const struct kernel_param *kp)
{
	int found = sysfs_match_string(vma_lock_mutant_scopes, name);

	if (found < 0)
		return found;
	vma_lock_mutant_later_than = task_tgid_nr(current);
	WRITE_ONCE(vma_lock_mutant_scope, found);
	return 0;
}

static int vma_lock_mutant_scope_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", vma_lock_mutant_scopes[vma_lock_mutant_scope]);
}

static const struct kernel_param_ops vma_lock_mutant_ops = {
	.set = vma_lock_mutant_set,
	.get = vma_lock_mutant_get,
};

static const struct kernel_param_ops vma_lock_mutant_scope_ops = {
	.set = vma_lock_mutant_scope_set,
	.get = vma_lock_mutant_scope_get,
};

module_param_cb(mutant, &vma_lock_mutant_ops, NULL, 0600);
MODULE_PARM_DESC(mutant, "the mutant that is awake, or none");
module_param_cb(scope, &vma_lock_mutant_scope_ops, NULL, 0600);
MODULE_PARM_DESC(scope, "who suffers from it: all, later or threads");
module_param_named(reached, vma_lock_mutant_reached, bool, 0400);
MODULE_PARM_DESC(reached, "has anybody come by the broken step?");

/* The same by debugfs. */
static ssize_t vma_lock_mutant_write(struct file *file, const char __user *buf,
				     size_t len, loff_t *pos)
{
	const struct kernel_param_ops *ops = file_inode(file)->i_private;
	char *text = memdup_user_nul(buf, len);
	int ret;

	if (IS_ERR(text))
		return PTR_ERR(text);
	ret = ops->set(text, NULL);
	kfree(text);
	return ret ?: len;
}

static ssize_t vma_lock_mutant_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	const struct kernel_param_ops *ops = file_inode(file)->i_private;
	char *page = (char *)get_zeroed_page(GFP_KERNEL);
	ssize_t ret;

	if (!page)
		return -ENOMEM;
	ret = ops->get(page, NULL);
	ret = simple_read_from_buffer(buf, len, pos, page, ret);
	free_page((unsigned long)page);
	return ret;
}

static const struct file_operations vma_lock_mutant_fops = {
	.read = vma_lock_mutant_read,
	.write = vma_lock_mutant_write,
	.llseek = default_llseek,
};

static int vma_lock_mutant_list_show(struct seq_file *m, void *v)
{
	int i;

	for (i = 1; i < ARRAY_SIZE(vma_lock_mutant_names); i++)
		seq_printf(m, "%s\n", vma_lock_mutant_names[i]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vma_lock_mutant_list);

/* A mutant that survives without having been reached tells of a missing test. */
static int vma_lock_mutant_at_reboot(struct notifier_block *nb, unsigned long event, void *data)
{
	int awake = READ_ONCE(vma_lock_mutant_awake);

	if (awake)
		pr_info("%s was %sreached\n", vma_lock_mutant_names[awake],
			vma_lock_mutant_reached ? "" : "never ");
	return NOTIFY_DONE;
}

static struct notifier_block vma_lock_mutant_reboot = {
	.notifier_call = vma_lock_mutant_at_reboot,
};

static int __init vma_lock_mutant_init(void)
{
	struct dentry *dir = debugfs_create_dir("vma_lock_mutant", NULL);
	bool reached = vma_lock_mutant_reached;

	debugfs_create_file("mutant", 0600, dir, (void *)&vma_lock_mutant_ops,
			    &vma_lock_mutant_fops);
	debugfs_create_file("scope", 0600, dir, (void *)&vma_lock_mutant_scope_ops,
			    &vma_lock_mutant_fops);
	debugfs_create_file("names", 0400, dir, NULL, &vma_lock_mutant_list_fops);
	debugfs_create_bool("reached", 0400, dir, &vma_lock_mutant_reached);
	register_reboot_notifier(&vma_lock_mutant_reboot);
	if (vma_lock_mutant_at_boot) {
		vma_lock_mutant_wake(vma_lock_mutant_at_boot);
		vma_lock_mutant_reached = reached;
	}
	return 0;
}
late_initcall_sync(vma_lock_mutant_init);
