"""Settings of the whole process that must stand before torch is loaded.

Measured with torch 2.15 on two cores: OpenMP's spinning makes two torch threads on a busy machine 6 to 15 times slower
than one, and glibc's default of giving freed memory back to the system costs 8 to 22 % of a training step in page
faults.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from types import FrameType

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
MOST_THREADS = 1024  # that anybody may ask for
GIVES_WAY = (
    5  # how nice threads behind the window are; measured, it halves how late the window answers on busy machines
)


def prepare() -> None:
    """Sets wait policy and allocator; what the user has set in the environment stays."""
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("KMP_BLOCKTIME", "0")
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "FATAL")  # where a process is lost, the sentence says it
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them costs a start 15 ms
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            libc = ctypes.CDLL("libc.so.6")
            libc.mallopt(M_MMAP_THRESHOLD, 2**30)
            libc.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)


def lower_priority(nice: int) -> None:
    """Lets other threads go before the one that calls this, on Linux; elsewhere threads have no such number.

    Args:
        nice: from 0 (as all others) to 19 (only where nobody else wants to run).
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)


@contextlib.contextmanager
def handling_stops(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Lets a function handle Ctrl+C and SIGTERM, and puts back afterwards what handled them before.

    Args:
        handler: gets the number of the signal, and where the program is; on the main thread.

    Raises:
        ValueError: it is entered on another thread.
    """
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, signal.SIG_DFL if old is None else old)  # None: it was not set by Python


def quiet() -> None:
    """Keeps warnings that libraries write for programmers off the user's terminal, unless `python -W` asks for them."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")


_requested: list[int] = []  # how many threads the user has asked for; nothing where the usual number will do


def request_threads(count: int) -> None:
    """Sets how many threads the next training takes; 0 for the usual number."""
    _requested[:] = [count] if count > 0 else []


_niceness = [GIVES_WAY]  # of the threads that train behind the window


def request_niceness(nice: int) -> None:
    """Sets how nice the next training behind the window is, from 0 (as all others) to 19; `lower_priority` takes it."""
    _niceness[:] = [nice]


def physical_memory() -> int | None:
    """Returns how many bytes of memory the machine has; None where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def training_niceness() -> int:
    """Returns how nice a training behind the window is."""
    return _niceness[0]


def training_threads() -> int:
    """Returns how many threads torch may use: what the user has asked for, else the usual number."""
    return _requested[0] if _requested else usual_threads()


def usual_threads() -> int:
    """Returns OMP_NUM_THREADS if it is set, else the number of all cores but one."""
    given = os.environ.get("OMP_NUM_THREADS", "")
    if given.isdecimal() and int(given) > 0:
        return min(int(given), MOST_THREADS)
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:
        cores = os.cpu_count() or 1
    return max(1, cores - 1)
