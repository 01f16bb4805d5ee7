"""How far a run's log was read, and what it said of epochs; kept beside the log too, which is long by comparison."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from workbench.core import strict_json
from workbench.core.errors import UnreadableError, WorkbenchError
from workbench.core.files import exists, open_plain, write_own_file
from workbench.training.history import KINDS
from workbench.training.log_rows import is_whole
from workbench.training.run_folder import LARGEST_RECORD, RunFolder

NAME = "epochs.json"
MARK = 2000  # bytes of a log that hold more than one event, with its numbers


@dataclass
class ReadLog:
    """What was read of a log.

    Attributes:
        end: the byte up to which it was read, where a line ends.
        mark: a digest of the bytes before it, by which the log is known again; "" for nothing read.
        events: its events of `history.KINDS`.
    """

    end: int = 0
    mark: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def epochs(self) -> tuple[dict[str, Any], ...]:
        """The EpochEnded events."""
        return tuple(event for event in self.events if event["event"] == "EpochEnded")

    def read_on(self, run: RunFolder) -> None:
        """Reads what the log has more; all of it where it is another, or was cut back and went on otherwise.

        Raises:
            UnreadableError: it cannot be read.
        """
        if not self.end or _mark(run.log, self.end) != self.mark:
            self.end, self.events = 0, []
        for event, end in run.events_with_place(*KINDS, start=self.end):
            self.end = end
            self.events.append(event)
        self.mark = _mark(run.log, self.end) if self.end else ""


def kept_log(run: RunFolder) -> ReadLog:
    """Returns what was kept beside a run's log; it may be of an earlier log, so read on. Nothing read if none is."""
    with contextlib.suppress(UnreadableError):
        if exists(run.path / NAME):
            found = strict_json.read(run.path / NAME, LARGEST_RECORD)
            match found:
                case {"end": int(end), "mark": str(mark), "events": list(events)} if end > 0 and _are_events(events):
                    return ReadLog(end, mark, events)
    return ReadLog()


def keep_log(run: RunFolder) -> None:
    """Keeps beside a run's log what it says of epochs, once the training has ended; a full disk keeps none."""
    with contextlib.suppress(WorkbenchError, ValueError):  # ValueError: an old log may hold NaN, which is not kept
        read = kept_log(run)
        read.read_on(run)
        content = {"end": read.end, "mark": read.mark, "events": read.events}
        write_own_file(run.path / NAME, [strict_json.line(content).encode()])


def _are_events(events: Sequence[Any]) -> bool:
    return all(isinstance(event, dict) and event.get("event") in KINDS and is_whole(event) for event in events)


def _mark(log: Path, end: int) -> str:
    """A digest of the bytes of a log before a place.

    Raises:
        UnreadableError: it cannot be read.
    """
    if not exists(log):
        return ""
    with open_plain(log) as file:
        file.seek(max(0, end - MARK))
        return sha256(file.read(min(end, MARK))).hexdigest()
