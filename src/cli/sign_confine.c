#include "cli/sign_confine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/number.h"

/* ---- at the start ---------------------------------------------------------------------- */

static void
limit(int what, rlim_t most)
{
	struct rlimit r;

	if (getrlimit(what, &r) != 0)
		return;
	r.rlim_cur = r.rlim_max = most < r.rlim_max ? most : r.rlim_max;
	setrlimit(what, &r);
}

/* What somebody left open for us could be written to or read from by mistake. */
static void
close_others(int keep)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;
	uint64_t fd;

	if (dir == NULL)
		return;
	while ((e = readdir(dir)) != NULL)
		if (number_u64(span_str(e->d_name), 3, 1 << 30, &fd) &&
		    (int)fd != dirfd(dir) && (int)fd != keep)
			close((int)fd);
	closedir(dir);
}

int
confine_begin(int keep, struct fault *fault)
{
	if (getauxval(AT_SECURE) != 0 || getuid() != geteuid() || getgid() != getegid())
		return fault_set(
		    fault, E_PERM, NULL, "does not run set-uid or set-gid");
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", O_RDWR) < 0)
			return fault_set(fault, E_IO, NULL, "cannot open /dev/null");
	close_others(keep);
	umask(077);
	limit(RLIMIT_CORE, 0);
#ifndef GH_SANITIZERS
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fault_set(
		    fault, E_IO, NULL, "the system has no PR_SET_NO_NEW_PRIVS");
	return E_OK;
}

/* ---- at the end ------------------------------------------------------------------------ */

#ifdef GH_COVERAGE

/* gcov writes files when the process ends. */
static void
limit_files(void)
{
}

#else

static bool
is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static void
limit_files(void)
{
	if (!is_file(STDOUT_FILENO) && !is_file(STDERR_FILENO))
		limit(RLIMIT_FSIZE, 0);
}

#endif

#if defined __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#if defined ARCHITECTURE && !defined GH_SANITIZERS && !defined GH_COVERAGE

/* What is left: no opening, no connecting, no processes. */
static const int allowed[] = {
#ifdef SYS_poll
    SYS_poll,
#endif
#ifdef SYS_time
    SYS_time,
#endif
    SYS_read, SYS_readv, SYS_write, SYS_writev, SYS_recvfrom, SYS_sendto, SYS_sendmsg,
    SYS_accept4, SYS_accept, SYS_ppoll, SYS_close, SYS_getsockopt, SYS_fcntl, SYS_fstat,
    SYS_newfstatat, SYS_lseek, SYS_clock_gettime, SYS_gettimeofday, SYS_brk, SYS_munmap,
    SYS_mremap, SYS_madvise, SYS_futex, SYS_getrandom, SYS_getpid, SYS_gettid,
    SYS_getuid, SYS_geteuid, SYS_getrusage, SYS_exit, SYS_exit_group, SYS_rt_sigreturn,
    SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_restart_syscall, SYS_tgkill};

/* Only for memory that is not executed. */
static const int memory[] = {SYS_mmap, SYS_mprotect};

#define OFFSET(member) (unsigned)offsetof(struct seccomp_data, member)
#define STEP(code, value) ((struct sock_filter)BPF_STMT(code, value))
#define JUMP(code, value, yes, no) \
	((struct sock_filter)BPF_JUMP(code, (unsigned)(value), yes, no))
#define LOAD (BPF_LD | BPF_W | BPF_ABS)
#define IS (BPF_JMP | BPF_JEQ | BPF_K)
#define RETURN (BPF_RET | BPF_K)
#define REFUSE (SECCOMP_RET_ERRNO | EPERM)

static void
filter_calls(void)
{
	struct sock_filter code[5 + 2 * COUNT(allowed) + 5 * COUNT(memory)], *at = code;
	struct sock_fprog program = {.filter = code};

	*at++ = STEP(LOAD, OFFSET(arch));
	*at++ = JUMP(IS, ARCHITECTURE, 1, 0);
	*at++ = STEP(RETURN, REFUSE);
	*at++ = STEP(LOAD, OFFSET(nr));
	for (size_t i = 0; i < COUNT(allowed); i++) {
		*at++ = JUMP(IS, allowed[i], 0, 1);
		*at++ = STEP(RETURN, SECCOMP_RET_ALLOW);
	}
	for (size_t i = 0; i < COUNT(memory); i++) {
		*at++ = JUMP(IS, memory[i], 0, 4);
		*at++ = STEP(LOAD, OFFSET(args[2]));
		*at++ = JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0);
		*at++ = STEP(RETURN, SECCOMP_RET_ALLOW);
		*at++ = STEP(RETURN, REFUSE);
	}
	*at++ = STEP(RETURN, REFUSE);
	program.len = (unsigned short)(at - code);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

#else

static void
filter_calls(void)
{
}

#endif

static void
drop_capabilities(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}};

	syscall(SYS_capset, &head, none);
}

void
confine_end(bool tokens)
{
	if (tokens)
		return;
	limit_files();
	/* Nothing that still has to be read depends on the environment. */
	clearenv();
	drop_capabilities();
	filter_calls();
}
