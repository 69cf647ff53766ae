// SPDX-License-Identifier: GPL-2.0
/*
 * Run a command that the kernel refuses some system calls, as containers do:
 *
 *	deny NAME[,NAME...] COMMAND [ARGUMENT...]
 *
 * Names: userfaultfd, mseal, sched_setscheduler, process_madvise, memfd_create, mlock2.
 * They fail with EPERM, mlock2 as what the kernel does not know. Needs no privilege.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_mseal
#define SYS_mseal	462
#endif
#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif

#define LENGTH(a)	(sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	unsigned int nr;
	int error;
} calls[] = {
	{ "userfaultfd", SYS_userfaultfd, EPERM },
	{ "mseal", SYS_mseal, EPERM },
	{ "sched_setscheduler", SYS_sched_setscheduler, EPERM },
	{ "process_madvise", SYS_process_madvise, EPERM },
	{ "memfd_create", SYS_memfd_create, EPERM },
	{ "mlock2", SYS_mlock2, ENOSYS },
};

static int deny(unsigned int nr, int error)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = LENGTH(filter), .filter = filter };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **argv)
{
	unsigned int i;
	char *name;

	if (argc < 3 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return 125;
	for (name = strtok(argv[1], ","); name; name = strtok(NULL, ",")) {
		for (i = 0; i < LENGTH(calls) && strcmp(name, calls[i].name); i++)
			;
		if (i == LENGTH(calls) || deny(calls[i].nr, calls[i].error)) {
			fprintf(stderr, "deny: cannot deny %s\n", name);
			return 125;
		}
	}
	execvp(argv[2], argv + 2);
	return 126;
}
