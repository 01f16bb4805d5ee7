"""The folder that one training leaves: run.json, events.jsonl and checkpoints/. Read and listed without torch."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from workbench.core import strict_json
from workbench.core.errors import InaccessibleError, UnreadableError, UsageError, WorkbenchError, printable
from workbench.core.files import (
    WriteError,
    listed,
    make_folder,
    open_plain,
    reason_of,
    write_error,
    write_own_file,
)
from workbench.core.lock import FileLock, LockedError
from workbench.core.moving import move, remove_leftovers
from workbench.core.status import is_link, may_exist, status_of
from workbench.core.values import Json
from workbench.training.log_rows import is_whole
from workbench.training.old_settings import record_of_format_2

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}\Z")
LARGEST_RECORD = 32_000_000
LONGEST_LINE = 16_000_000  # bytes of an event
TOO_LONG = f"a line of it has more than {LONGEST_LINE:,} bytes, which no run writes; it is damaged."
PIECE = 2**20  # bytes of a log that are searched at once
USUAL_ENDING, LONGEST_ENDING = 4096, 1_000_000  # bytes that hold the last event of a log
LINES_FOR_SURE = 2  # with an empty one behind the last end of a line
HEAD = 4096  # bytes that hold the first fields of run.json
ORDER = re.compile(rb'^  "order": ([0-9.]{1,30}),?$', re.MULTILINE)
CREATED = re.compile(rb'^  "created": "([0-9T:.+-]{10,40})",?$', re.MULTILINE)
DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10))}
FORMAT = 2


@dataclass(frozen=True)
class RunFolder:
    """One run's folder; making the object touches nothing on disk."""

    path: Path

    @property
    def name(self) -> str:
        """The run's name, which is the folder's."""
        return self.path.name

    @property
    def log(self) -> Path:
        """The append-only log of events."""
        return self.path / "events.jsonl"

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints."""
        return self.path / "checkpoints"

    @property
    def set_aside(self) -> Path:
        """The folder of what a resumed run has gone back behind: newer or damaged checkpoints, the end of its log."""
        return self.path / "set-aside"

    def claim(self, record: Mapping[str, Json], *, is_numbered: bool = False) -> tuple[RunFolder, FileLock]:
        """Makes the folder of a new run with its run.json, so that of several trainings that start only one has it.

        Args:
            record: what run.json holds.
            is_numbered: whether the next free number will do where another training has taken this name meanwhile.

        Returns:
            The run's folder, perhaps of a later number, and its lock, which is held.

        Raises:
            UsageError: there is a run of that name, or another training is just making it.
            InaccessibleError: the system does not say whether there is one.
            WriteError: the place cannot be written to.
        """
        make_folder(self.path.parent)
        run, lock = self, self._claimed(is_new=is_numbered)
        while lock is None:
            if not is_numbered:
                sentence = f"There is a run {self.name} already. Choose another name, or go on with it by --resume."
                raise UsageError(sentence)
            run = RunFolder(self.path.with_name(next_name(self.path.parent)))
            lock = run._claimed(is_new=True)
        try:
            make_folder(run.checkpoints)
            stamp: dict[str, Json] = {"format": FORMAT, "order": _order(self.path.parent)}
            write_own_file(run.path / "run.json", [strict_json.encoded({**stamp, **record})])
        except BaseException:
            lock.release()
            shutil.rmtree(run.path, ignore_errors=True)
            raise
        return run, lock

    def _claimed(self, *, is_new: bool) -> FileLock | None:
        """The lock of a folder that has become this run's, or None if another training has it or had it."""
        try:
            self.path.mkdir()  # the claim: of all that try only one makes it
        except FileExistsError:
            if is_new or may_exist(self.path / "run.json"):
                return None
        except OSError as error:
            raise write_error(self.path, error) from error
        try:
            lock = self.lock()
        except LockedError:
            return None
        except WriteError:
            self._unmake()
            raise
        try:
            is_taken = status_of(self.path / "run.json") is not None
        except InaccessibleError:
            lock.release()
            self._unmake()
            raise
        if is_taken:  # its training has begun and ended between the two questions
            lock.release()
            return None
        return lock

    def _unmake(self) -> None:
        """Takes an empty folder away that could not become a run's, since it would be in the way of the name."""
        with contextlib.suppress(OSError, UnreadableError):
            if all(path.name == "lock" for path in listed(self.path)):
                (self.path / "lock").unlink(missing_ok=True)
                self.path.rmdir()

    def lock(self) -> FileLock:
        """Takes the run for this process, so that nobody else trains, renames or deletes it.

        Raises:
            LockedError: another process has it.
            WriteError: its folder cannot be written to, or holds a link where the program writes.
        """
        if is_link(self.checkpoints):
            raise WriteError(
                f"{printable(self.checkpoints)} is a link to another folder, where the program neither writes "
                f"nor deletes. "
                "Put the folder itself there, and try again."
            )
        return FileLock(self.path / "lock", f'The run "{printable(self.name)}"')

    def record(self) -> dict[str, Any]:
        """What run.json says, in today's form: settings, seed, versions, data fingerprint and the trained graph.

        Raises:
            UnreadableError: it is missing or damaged.
        """
        file = self.path / "run.json"
        record = strict_json.read(file, LARGEST_RECORD)
        found = record.get("format") if isinstance(record, dict) else type(record).__name__
        if not isinstance(record, dict) or type(found) is not int or not 1 <= found <= FORMAT:
            reason = f"it is not a run of format 1 to {FORMAT} (found {printable(repr(found))})."
            raise UnreadableError(file, reason, field="format")
        return record_of_format_2(record) if found == 1 else record

    def events(self, *kinds: str, start: int = 0) -> Iterator[dict[str, Any]]:
        """The logged events, oldest first; a last line that a crash cut off, and what no run writes, is left out.

        Args:
            kinds: names of the events that are wanted, such as "EpochEnded"; all if none is named.
            start: the byte of the log to begin at, the first of a line.

        Raises:
            UnreadableError: the log cannot be read.
        """
        return (event for event, _ in self.events_with_place(*kinds, start=start))

    def events_with_place(self, *kinds: str, start: int = 0) -> Iterator[tuple[dict[str, Any], int]]:
        """As `events`, each with the byte of the log at which its line ends.

        Raises:
            UnreadableError: the log cannot be read.
        """
        marks = [f'"{kind}"'.encode() for kind in kinds]
        for piece, at in self._pieces(start):
            for line, end in _marked_lines(piece, marks):  # reading all as JSON would cost a hundred times more
                event = _event(line)
                if event is not None and is_whole(event) and (not kinds or event["event"] in kinds):
                    yield event, at + end

    def _pieces(self, start: int) -> Iterator[tuple[bytes, int]]:
        """The log in pieces of whole lines, each with the byte at which it begins; an unfinished last line is left."""
        if not may_exist(self.log):
            return
        with open_plain(self.log) as file:
            try:
                at, rest = file.seek(start), b""
                while read := file.read(PIECE):
                    piece = rest + read
                    cut = piece.rfind(b"\n") + 1
                    if len(piece) - cut > LONGEST_LINE or (not cut and len(piece) > LONGEST_LINE):
                        raise UnreadableError(self.log, TOO_LONG)
                    if cut:
                        yield piece[:cut], at
                    at, rest = at + cut, piece[cut:]
            except OSError as error:
                raise UnreadableError(self.log, f"the log cannot be read ({reason_of(error)}).") from None

    def ending(self) -> dict[str, Any] | None:
        """The RunEnded event that closes the log, or None while the run is under way or was killed.

        Raises:
            UnreadableError: the log cannot be read.
        """
        if not may_exist(self.log):
            return None
        with open_plain(self.log) as file:
            try:
                lines = _last_lines(file)
            except OSError as error:
                raise UnreadableError(self.log, f"the log cannot be read ({reason_of(error)}).") from None
        last = _event(lines[-2]) if len(lines) > 1 and not lines[-1] else None
        return last if last is not None and last.get("event") == "RunEnded" else None

    def rename(self, name: str) -> RunFolder:
        """Gives the run another name.

        Raises:
            UsageError: no run can be called so, or one is.
            LockedError: it is being trained.
            WriteError: the place cannot be written to.
        """
        target = RunFolder(self.path.with_name(check_name(name)))
        if os.path.lexists(target.path):
            raise UsageError(f"There is a run {name} already.")
        self.lock().release()
        move(self.path, target.path)
        return target

    def delete(self) -> None:
        """Deletes the run with everything it has learnt.

        Raises:
            LockedError: it is being trained.
            WriteError: the place cannot be written to.
        """
        with self.lock():
            try:
                shutil.rmtree(self.path)
            except OSError as error:
                reason = error.strerror or str(error)
                raise WriteError(f"{printable(self.path)} was not deleted whole: {reason}.") from error

    def clear_leftovers(self) -> None:
        """Deletes what a crashed writer left behind."""
        remove_leftovers(self.path)
        remove_leftovers(self.checkpoints)

    def order(self) -> float:
        """When the run began, in seconds since 1970, as its record says; 0 where that cannot be read.

        Not by the time of its file, which a copy or a checkout changes. A run that was begun after others is after
        them here too, though the clock may have been set back (`claim`).
        """
        try:
            with open_plain(self.path / "run.json") as file:
                head = file.read(HEAD)
            given, created = ORDER.search(head), CREATED.search(head)
            if given:  # a thousand runs are listed without reading their graphs
                return float(given[1])
            record = {"created": created[1].decode()} if created else self.record()
            order = record.get("order")
            return float(order if isinstance(order, int | float) else _time_of(record.get("created")))
        except (WorkbenchError, OSError, ValueError, OverflowError):
            return 0.0


def _last_lines(file: IO[bytes]) -> list[bytes]:
    """The last lines of a log, of which the first may be cut; more than is mostly needed is read where one is long."""
    size = file.seek(0, os.SEEK_END)
    for most in (USUAL_ENDING, LONGEST_ENDING):
        file.seek(max(0, size - most))
        lines = file.read(most).split(b"\n")
        if len(lines) > LINES_FOR_SURE or most >= size:
            break
    return lines


def _time_of(created: object) -> float:
    """Seconds since 1970 of a time as run.json has it; 0 where there is none."""
    return datetime.fromisoformat(created).timestamp() if isinstance(created, str) else 0.0


def list_runs(folder: Path, order: Callable[[RunFolder], float] = RunFolder.order) -> list[RunFolder]:
    """The runs below a project's runs folder, in the order in which they were begun.

    One that cannot be read is among them: whoever lists it says what is wrong with it.

    Args:
        folder: of the project's runs.
        order: when a run began, for whoever knows it already.

    Raises:
        UnreadableError: the folder itself cannot be read.
    """
    found = [RunFolder(path) for path in listed(folder, missing_ok=True) if may_exist(path / "run.json")]
    return sorted(found, key=lambda run: (order(run), run.name))


def _order(folder: Path) -> float:
    """A number for a new run that is larger than that of all the others: the time, unless the clock was set back."""
    return max([time.time(), *(math.nextafter(run.order(), math.inf) for run in list_runs(folder))])


def _event(line: bytes) -> dict[str, Any] | None:
    """One line of a log; None where it is damaged."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def check_name(name: str) -> str:
    """The name itself, if a run may be called so.

    Raises:
        UsageError: it would not be a plain folder name on every system.
    """
    if not NAME.match(name) or name.endswith((".", " ")):
        sentence = f'"{printable(name)}" cannot be a run\'s name: use letters, digits, blanks, . _ and -, at most 80.'
        raise UsageError(sentence)
    if name.split(".")[0].rstrip().upper() in DEVICES:
        raise UsageError(f'"{name}" cannot be a run\'s name: Windows keeps it for a device. Add a letter.')
    return name


def next_name(folder: Path) -> str:
    """The next free name: run-001, run-002, ..."""
    names = [path.name for path in listed(folder, missing_ok=True)]
    numbers = [int(found[1]) for name in names if (found := re.match(r"run-(\d{1,9})\Z", name))]
    return f"run-{max(numbers, default=0) + 1:03d}"


def _marked_lines(piece: bytes, marks: Sequence[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yields the lines that hold one of the marks, or all without marks, each with the byte at which it ends."""
    end = 0
    places = {mark: piece.find(mark) for mark in marks}  # of each the next one, so that no stretch is searched twice
    while end < len(piece):
        places = {mark: at if at < 0 or at >= end else piece.find(mark, end) for mark, at in places.items()}
        found = min((at for at in places.values() if at >= 0), default=-1) if marks else end
        if found < 0:
            return
        start = piece.rfind(b"\n", 0, found) + 1
        end = piece.index(b"\n", found) + 1
        yield piece[start:end], end
