"""Reads many files in threads and reports, in notes, those that cannot be read or not as they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TypeVar

from workbench.core.errors import UnreadableError
from workbench.data.folder_listing import some
from workbench.data.listening import telling

MOST_THREADS = 8
AT_ONCE = 4096  # files handed to the threads before the next are looked for
TOGETHER = 32  # small ones that a thread takes together, since handing one over costs half as much as decoding it
MOST_CHECKED = 50_000  # files of which nothing is kept that are looked into

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class FileReport:
    """One file's notes, or why it cannot be read."""

    notes: tuple[str, ...] = ()
    problem: str = ""


def in_threads(
    work: Callable[[T], R],
    things: Sequence[T],
    *,
    is_told: bool = True,
    together: int = TOGETHER,
    things_are: str = "files",
) -> Iterator[R]:
    """Yields the answers in the order of the things; Pillow decodes without Python's lock.

    Whoever stops it waits for no more than the things that are being worked on.

    Args:
        work: done to each.
        things: the files, or what stands for them.
        is_told: whether it is said how many are done.
        together: how many a thread takes together; 1 where each takes long.
        things_are: what is told of how many are done, such as "files".
    """
    has_ended = Event()

    def work_on(part: Sequence[T]) -> list[R]:
        return [work(thing) for thing in part if not has_ended.is_set()]

    tell, done = telling(len(things), things_are), 0
    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
        try:
            for start in range(0, len(things), AT_ONCE):
                now = things[start : start + AT_ONCE]
                parts = [now[at : at + together] for at in range(0, len(now), together)]
                for answers in pool.map(work_on, parts):
                    yield from answers
                    done += len(answers)
                    if is_told:
                        tell(done)
        finally:
            has_ended.set()


def looked_at(
    look: Callable[[T], object], things: Sequence[T], *, are_several: bool = False, things_are: str = "files"
) -> list[FileReport]:
    """Returns for each file of which nothing is kept whether `look` can read it; of very many none is looked at.

    Args:
        look: reads something of a file, such as its header.
        things: the files, or what stands for them.
        are_several: whether one thing has several files, so that the report names the one that is wrong.
        things_are: what is told of how many have been looked at.
    """

    def report(thing: T) -> FileReport:
        try:
            look(thing)
        except UnreadableError as error:
            return FileReport(problem=f"{Path(error.file).name}: {error.reason}" if are_several else error.reason)
        return FileReport()

    if len(things) > MOST_CHECKED:
        return [FileReport()] * len(things)
    return list(in_threads(report, things, things_are=things_are))


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
