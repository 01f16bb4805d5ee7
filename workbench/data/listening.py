"""Who hears how far the reading of data is, and may stop it. Imports nothing heavy: every command listens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from workbench.core.errors import WorkbenchError
from workbench.core.values import bytes_text

EVERY_SECONDS = 0.1  # how often a listener is told
TOGETHER = 64  # items that are worked on before it is looked whether that long has passed
BYTES = "bytes"

T = TypeVar("T")


class ReadingStopped(WorkbenchError):  # noqa: N818 - nothing went wrong
    """Somebody has stopped the reading of data."""

    def __init__(self) -> None:
        super().__init__("The reading of the data was stopped.")


@dataclass(frozen=True)
class ReadingProgress:
    """How many files, or other things, have been read, of how many, and how long the rest will take.

    Attributes:
        things: what is counted, in the plural; "bytes" are said in larger units.
    """

    done: int
    total: int
    seconds_left: float
    things: str = "files"

    @property
    def text(self) -> str:
        """In words, such as "12,000 of 100,000 files, 8 s left"; "" where nothing had to be read."""
        if not self.total:
            return ""
        left = f"{self.seconds_left / 60:.0f} min" if self.seconds_left >= 90 else f"{self.seconds_left:.0f} s"
        if self.things == BYTES:
            return f"{bytes_text(self.done)} of {bytes_text(self.total)}, {left} left"
        return f"{self.done:,} of {self.total:,} {self.things}, {left} left"


NOTHING_READ = ReadingProgress(0, 0, 0.0)  # asks a listener whether to go on where there is nothing to tell
Listener = Callable[[ReadingProgress], None]


def _ignore(_: ReadingProgress) -> None:
    """Hears what nobody listens to."""


@dataclass
class _Told:
    """When a listener was told last, whatever was being read then: short readings behind one another are heard too."""

    at: float


_LISTENER: ContextVar[Listener] = ContextVar("listener", default=_ignore)
_TOLD: ContextVar[_Told | None] = ContextVar("told", default=None)


@contextmanager
def heard_by(tell: Listener) -> Iterator[None]:
    """Lets somebody hear how far readings are that begin inside, on this thread; what it raises ends them."""
    token, told = _LISTENER.set(tell), _TOLD.set(_Told(time.monotonic()))
    try:
        yield
    finally:
        _LISTENER.reset(token)
        _TOLD.reset(told)


def listener() -> Listener:
    """Returns who hears how far readings are on this thread."""
    return _LISTENER.get()


def telling(total: int, things: str = "files") -> Callable[[int], None]:
    """Returns what to call with how many of `total` things have been read; it tells the listener now and then."""
    hears, started = _LISTENER.get(), time.monotonic()
    told = _TOLD.get() or _Told(started)

    def tell(done: int) -> None:
        now = time.monotonic()
        if now - told.at >= EVERY_SECONDS or done == total:
            told.at = now
            hears(ReadingProgress(done, total, (now - started) / max(1, done) * (total - done), things))

    return tell


def heard(items: Sequence[T], things: str, *, together: int = TOGETHER) -> Iterator[T]:
    """Yields items, and tells the listener now and then how many have been worked on.

    Args:
        items: in memory already.
        things: what they are, in the plural.
        together: how many are worked on between two tellings; 1 where each takes long.
    """
    tell = telling(len(items), things)
    for start in range(0, len(items), together):
        tell(start)
        yield from items[start : start + together]
