"""The folder that one training leaves: run.json, events.jsonl and checkpoints/. Read and listed without torch."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core import strict_json
from workbench.core.errors import UnreadableError, UsageError
from workbench.core.files import make_folder, move, remove_leftovers, write_error, write_file
from workbench.core.lock import FileLock
from workbench.core.values import Json

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}\Z")
LARGEST_RECORD = 32_000_000
LARGEST_LOG = 4_000_000_000
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
        """The logged events, oldest first; a last line that a crash cut off is left out."""
        if not self.log.exists():
            return
        with self.log.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    return
                try:
                    event = json.loads(line)
                except ValueError:
                    continue
                if isinstance(event, dict):
                    yield event

    def ending(self) -> dict[str, Any] | None:
        """The last RunEnded event, or None while the run is under way or was killed."""
        last = None
        for event in self.events():
            if event.get("event") == "RunEnded":
                last = event
            elif event.get("event") == "RunStarted":
                last = None
        return last

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
                raise write_error(self.path, error) from error

    def clear_leftovers(self) -> None:
        """Deletes what a crashed writer left behind."""
        remove_leftovers(self.path)
        remove_leftovers(self.checkpoints)


def list_runs(folder: Path) -> list[RunFolder]:
    """The runs below a project's runs folder, oldest first."""
    if not folder.is_dir():
        return []
    found = [RunFolder(path) for path in folder.iterdir() if (path / "run.json").is_file()]
    return sorted(found, key=lambda run: ((run.path / "run.json").stat().st_mtime_ns, run.name))


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
