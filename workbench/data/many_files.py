"""Reads many files in threads and reports, in notes, those that cannot be read or not as they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from workbench.core.errors import UnreadableError
from workbench.data.folder_listing import some
from workbench.data.listening import telling

MOST_THREADS = 8
AT_ONCE = 4096  # files handed to the threads before the next are looked for
TOGETHER = 32  # of them that a thread takes together, since handing one over costs half as much as decoding it

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class FileReport:
    """One file's notes, or why it cannot be read."""

    notes: tuple[str, ...] = ()
    problem: str = ""


def in_threads(work: Callable[[T], R], things: Sequence[T], *, is_told: bool = True) -> Iterator[R]:
    """Yields the answers in the order of the things; Pillow decodes without Python's lock.

    Args:
        work: done to each.
        things: the files, or what stands for them.
        is_told: whether it is said how many are done.
    """

    def work_on(part: Sequence[T]) -> list[R]:
        return [work(thing) for thing in part]

    tell, done = telling(len(things)), 0
    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
        for start in range(0, len(things), AT_ONCE):
            now = things[start : start + AT_ONCE]
            parts = [now[at : at + TOGETHER] for at in range(0, len(now), TOGETHER)]
            for answers in pool.map(work_on, parts):
                yield from answers
                done += len(answers)
                if is_told:
                    tell(done)


def trouble_notes(
    root: Path, names: Sequence[str], reports: Sequence[FileReport], things: str = "pictures"
) -> list[str]:
    """Returns notes on files that cannot be read, or not as they are.

    Args:
        root: named in the error.
        names: of the files, below the root.
        reports: one for each of them.
        things: what they are.

    Raises:
        UnreadableError: most of them cannot be read.
    """
    told = list(zip(names, reports, strict=True))
    bad = [f"{name} ({each.problem.rstrip('.')})" for name, each in told if each.problem]
    notes = []
    if bad:
        text = f"{len(bad):,} of {len(reports):,} {things} cannot be read: {some(bad)}"
        if 2 * len(bad) > len(reports):
            raise UnreadableError(root, text)
        notes.append(text)
    for note in dict.fromkeys(note for each in reports for note in each.notes):
        paths = [name for name, each in told if note in each.notes]
        notes.append(f"{len(paths):,} of {len(reports):,} {things}: {note}: {some(paths)}")
    return notes
