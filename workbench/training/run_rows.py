"""The rows of all runs of a project, kept between readings: a log is read once, and then only where it has grown."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.core.errors import UnreadableError
from workbench.core.status import status_of
from workbench.core.values import Json
from workbench.training.history import describe
from workbench.training.read_log import ReadLog, kept_log
from workbench.training.run_folder import RunFolder, list_runs

Stamp = tuple[int, int, int]


@dataclass
class _Known:
    """What is known of one run: its log, its row, and which state of its files they are of."""

    log: ReadLog
    stamps: tuple[Stamp | None, ...] = ()
    row: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Runs:
    """The runs of a project at one moment.

    Attributes:
        rows: what `history.describe` says of each, newest first.
        epochs: the EpochEnded events of each run, by its name.
    """

    rows: tuple[dict[str, Json], ...] = ()
    epochs: dict[str, tuple[dict[str, Any], ...]] = field(default_factory=dict)


class RunRows:
    """Reads the runs below a folder; used by one thread at a time."""

    def __init__(self) -> None:
        self._known: dict[Path, _Known] = {}

    def read(self, folder: Path) -> Runs:
        """Returns the runs as they are now; what has not changed since the last time is not read again.

        Raises:
            UnreadableError: the folder cannot be read.
        """
        runs = list(reversed(list_runs(folder)))
        self._known = {run.path: self._known.get(run.path) or _Known(kept_log(run)) for run in runs}
        for run in runs:
            self._bring_up_to_date(run, self._known[run.path])
        return Runs(
            tuple(self._known[run.path].row for run in runs),
            {run.name: self._known[run.path].log.epochs for run in runs},
        )

    @staticmethod
    def _bring_up_to_date(run: RunFolder, known: _Known) -> None:
        stamps = (_stamp(run.path / "run.json"), _stamp(run.log))
        if known.row and stamps == known.stamps:
            return
        known.stamps = stamps
        try:
            known.log.read_on(run)
        except UnreadableError as error:
            known.row = {"run": run.name, "state": "damaged", "problem": str(error)}
            return
        known.row = describe(run, known.log.events)


def _stamp(path: Path) -> Stamp | None:
    """Returns what distinguishes one state of a file from another; None where it cannot be read."""
    try:
        status = status_of(path)
    except UnreadableError:
        return None
    return None if status is None else (status.st_ino, status.st_size, status.st_mtime_ns)
