"""A lock between processes that needs no Qt and cannot be left behind: the system drops it when its owner ends."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

from workbench.core.errors import WorkbenchError, shown
from workbench.core.files import write_error


class LockedError(WorkbenchError):
    """Another process has it; the text says which, as far as it is known."""


class FileLock:
    """Holds `path` (a small file beside what it guards) until `release`, the end of `with`, or the process's end."""

    def __init__(self, path: Path, what: str) -> None:
        """Takes the lock.

        Args:
            path: the lock file; it stays there and says who had it last.
            what: named in the error, such as "run-001".

        Raises:
            LockedError: another living process holds it.
            WriteError: the place cannot be written to.
        """
        self.path = path
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise write_error(path, error) from error
        try:
            _lock(self._descriptor)
        except OSError:
            owner = self._owner()
            os.close(self._descriptor)
            raise LockedError(
                f"{what} is in use by another process ({owner}). Wait for it, or stop it first."
            ) from None
        try:
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, f"pid {os.getpid()} on {socket.gethostname()}\n".encode())
        except OSError as error:
            self.release()
            raise write_error(path, error) from error

    def _owner(self) -> str:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            text = os.read(self._descriptor, 200).decode().strip()
            return shown(text) or "unknown"
        return "unknown"

    def release(self) -> None:
        """Gives the lock back; twice does no harm."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> FileLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _lock(descriptor: int) -> None:
    """Takes the whole file for this process, or raises OSError at once."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
