"""Import every module of toonkit as if on other systems: `python another_system.py win32 darwin`.

Only toonkit's own modules see it: what they import of the standard library lacks what that system has not. Prints a
line for each module that breaks.
"""

from __future__ import annotations

import builtins
import importlib
import pkgutil
import sys
from types import ModuleType

UNIX_ONLY = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "posix", "syslog", "curses", "readline")
NOT_ON_WINDOWS = {  # what a module lacks there; Python's documentation says "Availability: Unix"
    "os": (
        *("fork", "forkpty", "getuid", "geteuid", "getgid", "getegid", "getgroups", "getpgid", "getpgrp", "getloadavg"),
        *("killpg", "nice", "mkfifo", "mknod", "setsid", "setuid", "setgid", "uname", "wait", "waitid", "chown"),
        *("lchown", "fchmod", "fchown", "chroot", "openpty", "pread", "pwrite", "sched_getaffinity", "sched_yield"),
        *("statvfs", "sync", "sysconf", "confstr", "ttyname", "WNOHANG", "O_NOFOLLOW", "O_DIRECTORY", "posix_fadvise"),
    ),
    "signal": ("SIGKILL", "SIGHUP", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGPIPE", "alarm", "setitimer"),
    "time": ("tzset", "clock_gettime", "pthread_getcpuclockid"),
    "socket": ("AF_UNIX", "socketpair_unix", "SO_REUSEPORT"),
}
NOT_ON_MACOS = {"os": ("sched_getaffinity", "posix_fadvise", "sched_setaffinity", "pidfd_open"), "signal": ("SIGPWR",)}
LACKING = {"win32": NOT_ON_WINDOWS, "darwin": NOT_ON_MACOS}
NAMES = {"win32": "nt", "darwin": "posix"}


def without(module: ModuleType, names: tuple[str, ...], **changed: object) -> ModuleType:
    """A module like another one that lacks some names."""
    copy = ModuleType(module.__name__)
    copy.__dict__.update({name: value for name, value in vars(module).items() if name not in names} | changed)
    return copy


def stand_in(system: str) -> dict[str, ModuleType]:
    """The modules of the standard library as they are on a system."""
    found = {name: without(importlib.import_module(name), lacks) for name, lacks in LACKING[system].items()}
    found["os"] = without(found["os"], (), name=NAMES[system])
    return found | {"sys": without(sys, (), platform=system)}


def import_as_on(system: str) -> dict[str, str]:
    """The modules of toonkit that cannot be imported on a system, and why."""
    others, original = stand_in(system), builtins.__import__
    blocked = UNIX_ONLY if system == "win32" else ()

    def importing(name: str, given: dict | None = None, *rest: object, **named: object) -> ModuleType:
        if str((given or {}).get("__name__", "")).split(".")[0] != "toonkit":
            return original(name, given, *rest, **named)
        if name in blocked:
            raise ModuleNotFoundError(f"No module named {name!r} on {system}")
        return others[name] if name in others else original(name, given, *rest, **named)

    for name in [name for name in sys.modules if name.split(".")[0] == "toonkit"]:
        del sys.modules[name]  # what was imported as on the system before
    builtins.__import__ = importing
    toonkit = importlib.import_module("toonkit")
    broken = {}
    for module in pkgutil.walk_packages(toonkit.__path__, "toonkit."):
        if module.name.endswith("__main__"):
            continue
        try:
            importlib.import_module(module.name)
        except Exception as error:  # whatever it is: named, and the next module gets its turn
            broken[module.name] = repr(error)
    builtins.__import__ = original
    return broken


if __name__ == "__main__":
    for system in sys.argv[1:]:
        for name, why in import_as_on(system).items():
            print(f"{system}: {name}: {why}")
