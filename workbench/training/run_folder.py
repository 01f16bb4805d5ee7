"""The folder that one training leaves: run.json, events.jsonl and checkpoints/. Read and listed without torch."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core import strict_json
from workbench.core.errors import UnreadableError, UsageError, shown
from workbench.core.files import WriteError, make_folder, move, remove_leftovers, write_file
from workbench.core.lock import FileLock
from workbench.core.values import Json

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}\Z")
LARGEST_RECORD = 32_000_000
LONGEST_LINE = 1_000_000  # bytes that hold the last event of a log, whatever it is
FORMAT = 1


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

    def create(self, record: Mapping[str, Json]) -> None:
        """Makes the folder with its run.json.

        Raises:
            UsageError: there is a run of that name.
            WriteError: the place cannot be written to.
        """
        if (self.path / "run.json").exists():
            raise UsageError(f"There is a run {self.name} already. Choose another name, or go on with it by --resume.")
        make_folder(self.checkpoints)
        text = strict_json.pretty({"format": FORMAT, **record})
        write_file(self.path / "run.json", [text.encode()])

    def record(self) -> dict[str, Any]:
        """What run.json says: settings, seed, versions, data fingerprint and the graph that was trained.

        Raises:
            UnreadableError: it is missing or damaged.
        """
        file = self.path / "run.json"
        record = strict_json.read(file, LARGEST_RECORD)
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            found = record.get("format") if isinstance(record, dict) else type(record).__name__
            raise UnreadableError(file, f"it is not a run of format {FORMAT} (found {found!r}).", field="format")
        return record

    def events(self) -> Iterator[dict[str, Any]]:
        """The logged events, oldest first; a last line that a crash cut off is left out.

        Raises:
            UnreadableError: the log cannot be read.
        """
        if not self.log.exists():
            return
        try:
            with self.log.open("rb") as file:
                for line in file:
                    if not line.endswith(b"\n"):
                        return
                    event = _event(line)
                    if event is not None:
                        yield event
        except OSError as error:
            raise UnreadableError(self.log, f"the log cannot be read ({error.strerror}).") from None

    def ending(self) -> dict[str, Any] | None:
        """The RunEnded event that closes the log, or None while the run is under way or was killed.

        Raises:
            UnreadableError: the log cannot be read.
        """
        if not self.log.exists():
            return None
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - LONGEST_LINE))
                lines = file.read().split(b"\n")
        except OSError as error:
            raise UnreadableError(self.log, f"the log cannot be read ({error.strerror}).") from None
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
        if target.path.exists():
            raise UsageError(f"There is a run {name} already.")
        FileLock(self.path / "lock", f"The run {self.name}").release()
        move(self.path, target.path)
        return target

    def delete(self) -> None:
        """Deletes the run with everything it has learnt.

        Raises:
            LockedError: it is being trained.
            WriteError: the place cannot be written to.
        """
        with FileLock(self.path / "lock", f"The run {self.name}"):
            try:
                shutil.rmtree(self.path)
            except OSError as error:
                reason = error.strerror or str(error)
                raise WriteError(f"{shown(self.path)} was not deleted whole: {reason}.") from error

    def clear_leftovers(self) -> None:
        """Deletes what a crashed writer left behind."""
        remove_leftovers(self.path)
        remove_leftovers(self.checkpoints)


def list_runs(folder: Path) -> list[RunFolder]:
    """The runs below a project's runs folder, oldest first."""
    try:
        paths = list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):  # there are none, or they are being moved elsewhere this moment
        return []
    found = []
    for path in paths:
        with contextlib.suppress(OSError):  # one that is being deleted or renamed this moment
            status = (path / "run.json").stat()
            if stat.S_ISREG(status.st_mode):
                found.append((status.st_mtime_ns, path.name, RunFolder(path)))
    return [run for _, _, run in sorted(found, key=lambda row: row[:2])]


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
        raise UsageError(f'"{name}" cannot be a run\'s name: use letters, digits, blanks, . _ and -, at most 80.')
    return name


def next_name(folder: Path) -> str:
    """The next free name: run-001, run-002, ..."""
    numbers = [int(found[1]) for run in list_runs(folder) if (found := re.match(r"run-(\d{1,9})\Z", run.name))]
    return f"run-{max(numbers, default=0) + 1:03d}"


def unfinished(folder: Path) -> str:
    """The newest run below a runs folder that was stopped or killed and can be gone on with; "" if there is none."""
    for run in reversed(list_runs(folder)):
        ending = run.ending()
        if ending is None or ending.get("reason") == "stopped":
            return run.name
    return ""
