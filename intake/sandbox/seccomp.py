"""The system calls a child may make, compiled by libseccomp into a filter that the kernel enforces.

It is a list of what is allowed: everything else, known or yet to be invented, answers EPERM. Reading,
memory, clocks and ending itself are all that parsing and OCR need.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os

ALLOWED = """
    read readv pread64 preadv write writev close close_range lseek fstat stat lstat newfstatat statx fstatfs statfs
    access faccessat faccessat2 readlink readlinkat getcwd getdents64 dup dup2 dup3 poll ppoll select pselect6
    mmap munmap mprotect mremap madvise brk membarrier
    futex futex_wait futex_waitv set_robust_list get_robust_list rseq sched_yield sched_getaffinity getcpu
    rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times getrusage
    getpid gettid getppid getuid geteuid getgid getegid getpgrp uname sysinfo getrandom
    restart_syscall exit exit_group
"""

OPENING = {"open": 1, "openat": 2}  # which argument holds the flags
# Anything that could make or change a file. O_TMPFILE includes a write mode, so these three cover it.
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT

# fcntl(2) can also aim signals at other processes (F_SETOWN, F_SETSIG, O_ASYNC by F_SETFL) and lease or lock files.
FCNTL_COMMANDS = (fcntl.F_DUPFD, fcntl.F_DUPFD_CLOEXEC, fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL)

_ALLOW = 0x7FFF0000
_DENY = 0x00050000 | errno.EPERM
_NO_SUCH_CALL = 0x00050000 | errno.ENOSYS
_EQUAL, _MASKED_EQUAL = 4, 7


class _Comparison(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def compile_filter() -> bytes:
    """The filter as a BPF program; empty where libseccomp is absent or refuses it."""
    try:
        library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    except OSError:
        return b""
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    context = ctypes.c_void_p(library.seccomp_init(_DENY))
    try:
        _add_rules(library, context)
        return _export(library, context)
    except OSError:
        return b""
    finally:
        library.seccomp_release(context)


def _add_rules(library: ctypes.CDLL, context: ctypes.c_void_p) -> None:
    for name in ALLOWED.split():
        _add(library, context, name)
    for name, position in OPENING.items():
        _add(library, context, name, _Comparison(position, _MASKED_EQUAL, WRITING | os.O_TRUNC, 0))
    for command in FCNTL_COMMANDS:
        _add(library, context, "fcntl", _Comparison(1, _EQUAL, command, 0))
    # Reading a limit of one's own, never setting one.
    _add(library, context, "prlimit64", _Comparison(0, _EQUAL, 0, 0), _Comparison(2, _EQUAL, 0, 0))
    # glibc falls back to the older call only on ENOSYS.
    for name in ("clone3", "openat2"):
        _add(library, context, name, action=_NO_SUCH_CALL)


def _add(
    library: ctypes.CDLL, context: ctypes.c_void_p, name: str, *conditions: _Comparison, action: int = _ALLOW
) -> None:
    """One rule. Raises OSError when libseccomp does not take it: a filter with holes is worse than none."""
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number < 0:  # not known on this machine's architecture
        return
    add = library.seccomp_rule_add_array
    add.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(_Comparison)]
    array = (_Comparison * len(conditions))(*conditions)
    if add(context, action, number, len(conditions), array) != 0:
        raise OSError(errno.EINVAL, "libseccomp refused a rule")


def _export(library: ctypes.CDLL, context: ctypes.c_void_p) -> bytes:
    target = os.memfd_create("filter")
    try:
        if library.seccomp_export_bpf(context, target) != 0:
            return b""
        return os.pread(target, 1 << 20, 0)
    finally:
        os.close(target)
