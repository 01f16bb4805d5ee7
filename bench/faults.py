"""Errors of the system on demand: one kind of call, on files below one folder, fails at a given time."""

from __future__ import annotations

import errno
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EDQUOT, errno.ESTALE)
FUNCTIONS = ("open", "write", "fsync", "replace", "rename", "unlink", "scandir", "stat", "lstat", "mkdir", "ftruncate")
FILE_WRITE, FREE_SPACE = "file.write", "shutil.disk_usage"
OPERATIONS = (*(f"os.{name}" for name in FUNCTIONS), FILE_WRITE, FREE_SPACE)


@dataclass(frozen=True)
class Fault:
    """What fails, and when.

    Attributes:
        operation: one of OPERATIONS.
        number: the first call that fails, counted from 1.
        error: the system's number of the error.
        length: how many calls fail in a row.
    """

    operation: str
    number: int
    error: int
    length: int

    def __str__(self) -> str:
        much = {1: "once", 3: "three times"}.get(self.length, "from then on")
        return f"{self.operation} call {self.number} {much} {errno.errorcode[self.error]}"


class Failing:
    """A file whose writes are counted and may fail."""

    def __init__(self, file: Any, check: Callable[[], None]) -> None:
        self._file, self._check = file, check

    def write(self, data: bytes) -> int:
        """Writes, unless it is this call that fails."""
        self._check()
        return int(self._file.write(data))

    def __enter__(self) -> Failing:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _path_of(thing: Any) -> str:
    """The path that a call is about: its own, or that of its descriptor; "" where there is none."""
    try:
        return os.readlink(f"/proc/self/fd/{thing}") if isinstance(thing, int) else os.path.abspath(os.fsdecode(thing))  # noqa: PTH100, PTH115
    except (OSError, TypeError, ValueError):
        return ""


@contextmanager
def injected(fault: Fault | None, folder: Path) -> Iterator[Counter[str]]:
    """Lets calls on what is below a folder fail while the block runs; yields how many there were of each kind."""
    counts: Counter[str] = Counter()
    root = str(folder)
    real = {name: getattr(os, name) for name in (*FUNCTIONS, "fdopen")}
    real_usage = shutil.disk_usage

    def check(operation: str, thing: Any) -> None:
        if not _path_of(thing).startswith(root):
            return
        counts[operation] += 1
        if fault is not None and operation == fault.operation and 0 <= counts[operation] - fault.number < fault.length:
            raise OSError(fault.error, os.strerror(fault.error), thing if isinstance(thing, str) else None)

    def failing(name: str) -> Callable[..., Any]:
        def call(thing: Any = ".", *more: Any, **named: Any) -> Any:
            check(f"os.{name}", thing)
            return real[name](thing, *more, **named)

        return call

    def fdopen(descriptor: int, mode: str = "r", *more: Any, **named: Any) -> Any:
        file = real["fdopen"](descriptor, mode, *more, **named)
        return Failing(file, lambda: check(FILE_WRITE, descriptor)) if mode == "wb" else file

    def usage(path: Any) -> Any:
        check(FREE_SPACE, path)
        return real_usage(path)

    replaced: dict[str, Callable[..., Any]] = {name: failing(name) for name in FUNCTIONS}
    try:
        for name, function in {**replaced, "fdopen": fdopen}.items():
            setattr(os, name, function)
        shutil.disk_usage = usage
        yield counts
    finally:
        for name, function in real.items():
            setattr(os, name, function)
        shutil.disk_usage = real_usage
