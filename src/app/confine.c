#include "app/confine.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "base/span.h"

/* ---- system calls ----------------------------------------------------------------------- */

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#endif

#ifdef ARCH

#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define REFUSED (SECCOMP_RET_ERRNO | EPERM)
#define REFUSE(call) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), ANSWER(REFUSED)
#define X32 0x40000000 /* another numbering of the same machine */

/* Forbidden ones alone: which others LMDB, GnuTLS and the C library need is theirs. */
static const struct sock_filter calls[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
    ANSWER(REFUSED),
    LOAD(nr),
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32, 0, 1),
    ANSWER(REFUSED),
    REFUSE(execve),
    REFUSE(execveat),
#ifndef GH_SANITIZERS /* their search for leaks stops the process by it */
    REFUSE(ptrace),
#endif
    REFUSE(process_vm_readv),
    REFUSE(process_vm_writev),
    REFUSE(mount),
    REFUSE(umount2),
    REFUSE(chroot),
    REFUSE(unshare),
    REFUSE(setns),
    REFUSE(bpf),
    REFUSE(perf_event_open),
    REFUSE(userfaultfd),
    REFUSE(keyctl),
    REFUSE(add_key),
    REFUSE(request_key),
    REFUSE(init_module),
    REFUSE(finit_module),
    REFUSE(setuid),
    REFUSE(setgid),
    REFUSE(setresuid),
    REFUSE(setresgid),
/* Headers older than a call have no number for it. */
#ifdef SYS_io_uring_setup
    REFUSE(io_uring_setup), /* opens and connects without these calls */
#endif
#ifdef SYS_pidfd_getfd
    REFUSE(pidfd_getfd),
#endif
/* clone(): no user namespace, in which it would be root. The C library takes it where
     * there is no clone3(), whose flags cannot be seen from here. */
#ifdef SYS_clone3
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
    ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
#endif
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4),
    LOAD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 0, 1),
    ANSWER(REFUSED),
    ANSWER(SECCOMP_RET_ALLOW),
    /* socket(): only those of UNIX, for the log and the signing helper. */
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
    LOAD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 1, 0),
    ANSWER(REFUSED),
    ANSWER(SECCOMP_RET_ALLOW),
};

static bool
confine_calls(void)
{
	const struct sock_fprog program = {
	    COUNT(calls), (struct sock_filter *)(uintptr_t)calls};

	/* For a thread that writes, too, should there be one already; systemd's filters
	 * know the older call alone. */
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC,
		   &program) == 0 ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#else

static bool
confine_calls(void)
{
	return false;
}

#endif

/* ---- all --------------------------------------------------------------------------------- */

struct confined
confine(const struct confinement *c)
{
	const struct rlimit none = {0, 0};
	struct confined done = {0};

	/* A core file would have the secrets of whoever asked last. */
	setrlimit(RLIMIT_CORE, &none);
	done.privileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	if (!done.privileges)
		return done;
	done.files = confine_files(c);
	done.calls = confine_calls();
	return done;
}
