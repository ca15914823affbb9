"""The system calls that a student's code may make. What is not named here does not exist (ENOSYS).

The tables of every architecture are libseccomp's, through `pyseccomp`. The controller builds the program once, for
what builds it is not to be had inside bubblewrap, and each child loads it.
"""

from __future__ import annotations

import ctypes
import errno
import tempfile
from contextlib import suppress
from functools import lru_cache

from .linux import PR_SET_SECCOMP, prctl

_MODE_FILTER = 2
_INSTRUCTION_BYTES = 8

_ALLOWED = """
read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 close close_range lseek _llseek dup dup2 dup3
open openat creat ftruncate ftruncate64 sendfile sendfile64 copy_file_range fsync fdatasync umask
stat stat64 lstat lstat64 fstat fstat64 newfstatat fstatat64 statx statfs statfs64 fstatfs fstatfs64
access faccessat faccessat2 readlink readlinkat getdents getdents64 getcwd chdir fchdir
mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2
mmap mmap2 munmap mprotect mremap madvise msync mincore brk membarrier
set_robust_list get_robust_list set_tid_address rseq futex futex_time64 futex_waitv arch_prctl sched_yield
gettid getpid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getgroups getresuid getresgid
getuid32 geteuid32 getgid32 getegid32 getgroups32 getresuid32 getresgid32
sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min getpriority getcpu
getrlimit ugetrlimit setrlimit getrusage times sysinfo uname getrandom
clock_gettime clock_gettime64 clock_getres clock_getres_time64 clock_nanosleep clock_nanosleep_time64 nanosleep
gettimeofday time getitimer setitimer alarm pause
poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64
epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2 pipe pipe2
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigsuspend rt_sigpending rt_sigtimedwait sigaltstack sigreturn
restart_syscall wait4 waitid exit exit_group recvfrom
"""

_REFUSED = """
fork vfork execve execveat kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal pidfd_getfd
socket connect bind listen accept accept4 sendmsg sendmmsg recvmsg recvmmsg truncate truncate64 link linkat symlink
symlinkat mknod mknodat ptrace process_vm_readv process_vm_writev memfd_create memfd_secret userfaultfd bpf keyctl
add_key request_key io_uring_setup io_uring_enter io_uring_register mount umount2 unshare setns chroot pivot_root
perf_event_open shmget shmat msgget semget mq_open setpriority sched_setaffinity sched_setscheduler personality
"""

_PRETENDED = """
chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat chown32 fchown32 lchown32 utime utimes futimesat utimensat
utimensat_time64 flock
"""

_UNSUPPORTED = """
fallocate setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr
lremovexattr fremovexattr
"""

_CLONE_THREAD = 0x00010000
_CLONE_NAMESPACES = 0x7E020080
# F_DUPFD … F_SETFL, F_DUPFD_CLOEXEC, F_SETPIPE_SZ, F_GETPIPE_SZ
_FILE_COMMANDS = (0, 1, 2, 3, 4, 1030, 1031, 1032)
_LOCK_COMMANDS = (6, 7, 13, 14, 37, 38)  # F_SETLK, F_SETLKW, their 64-bit and open-file-description forms
_TERMINAL_QUESTIONS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS … FIONREAD, FIONBIO, FIOCLEX
_PROCESS_NAMING = (15, 16, 0x53564D41)  # PR_SET_NAME, PR_GET_NAME, PR_SET_VMA


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


@lru_cache(maxsize=4)
def build_program(architecture: int | None = None) -> bytes:
    """Return the filter as a BPF program for this machine, or for another `architecture` of `pyseccomp.Arch`."""
    import pyseccomp

    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ERRNO(errno.ENOSYS))
    rules.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)
    native = pyseccomp.system_arch()
    architecture = native if architecture is None else architecture
    if architecture != native:
        rules.add_arch(architecture)
        rules.remove_arch(native)
    with suppress(OSError):  # libseccomp before 2.5 has no binary tree; the filter is only slower then.
        rules.set_attr(pyseccomp.Attr.CTL_OPTIMIZE, 2)
    for action, names in (
        (pyseccomp.ALLOW, _ALLOWED.split()),
        (pyseccomp.ERRNO(errno.EPERM), _REFUSED.split()),
        (pyseccomp.ERRNO(0), _PRETENDED.split()),
        (pyseccomp.ERRNO(errno.EOPNOTSUPP), _UNSUPPORTED.split()),
    ):
        for name in names:
            _add(rules, architecture, action, name)
    _add_conditional_rules(rules, architecture)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _add(rules, architecture: int, action: int, name: str, *conditions) -> None:
    """Add a rule for a call that the architecture and this libseccomp know; the others stay ENOSYS."""
    import pyseccomp

    if pyseccomp.resolve_syscall(architecture, name) >= 0:
        rules.add_rule(action, name, *conditions)


def _add_conditional_rules(rules, architecture: int) -> None:
    from pyseccomp import ALLOW, EQ, ERRNO, MASKED_EQ, Arg

    only_threads = Arg(0, MASKED_EQ, _CLONE_THREAD | _CLONE_NAMESPACES, _CLONE_THREAD)
    _add(rules, architecture, ALLOW, "clone", only_threads)
    _add(rules, architecture, ERRNO(errno.EPERM), "clone", Arg(0, MASKED_EQ, _CLONE_THREAD, 0))
    _add(rules, architecture, ALLOW, "prlimit64", Arg(0, EQ, 0))
    # asyncio wakes itself through a connected pair, which reaches nobody else: no address can be given.
    _add(rules, architecture, ALLOW, "socketpair", Arg(0, EQ, 1), Arg(1, MASKED_EQ, 0xF, 1))
    _add(rules, architecture, ALLOW, "sendto", Arg(4, EQ, 0))
    for name in ("fcntl", "fcntl64"):
        for command in _FILE_COMMANDS:
            _add(rules, architecture, ALLOW, name, Arg(1, MASKED_EQ, 0xFFFFFFFF, command))
        for command in _LOCK_COMMANDS:
            _add(rules, architecture, ERRNO(0), name, Arg(1, MASKED_EQ, 0xFFFFFFFF, command))
    for request in _TERMINAL_QUESTIONS:
        _add(rules, architecture, ALLOW, "ioctl", Arg(1, MASKED_EQ, 0xFFFFFFFF, request))
    for option in _PROCESS_NAMING:
        _add(rules, architecture, ALLOW, "prctl", Arg(0, MASKED_EQ, 0xFFFFFFFF, option))


def require_program(program: bytes) -> None:
    """Raise ValueError unless `program` can be loaded, as an empty one cannot."""
    if not program or len(program) % _INSTRUCTION_BYTES:
        raise ValueError(f"a filter is a whole number of instructions, but has {len(program)} bytes")


def load(program: bytes) -> None:
    """Apply the program to this process for good; needs NO_NEW_PRIVS."""
    buffer = ctypes.create_string_buffer(program, len(program))
    filter_program = _Program(len(program) // _INSTRUCTION_BYTES, ctypes.addressof(buffer))
    prctl(PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(filter_program))
