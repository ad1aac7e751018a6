/*
 * What the kernel offers for confining a program, asked without our code: tests demand that
 * programs are confined where it can be done.
 */
#ifndef GH_TESTS_KERNEL_H
#define GH_TESTS_KERNEL_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock with the right to rename from one folder to another: its version 2. */
static inline bool
kernel_confines_files(void)
{
#ifdef SYS_landlock_create_ruleset
	long call = SYS_landlock_create_ruleset;
#else
	long call = 444; /* on every machine */
#endif

	return syscall(call, NULL, 0, 1 /* LANDLOCK_CREATE_RULESET_VERSION */) >= 2;
}

/* seccomp with filters, on the machines for which we have one. */
static inline bool
kernel_filters_calls(void)
{
#if defined(__x86_64__) || defined(__aarch64__) || \
    (defined(__riscv) && __riscv_xlen == 64)
	/* 2 is SECCOMP_MODE_FILTER: EFAULT says that it would read the filter. */
	return prctl(PR_GET_SECCOMP) >= 0 && prctl(PR_SET_SECCOMP, 2, NULL) != 0 &&
	       errno == EFAULT;
#else
	return false;
#endif
}

#endif
