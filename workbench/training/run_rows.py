"""The rows of all runs of a project, kept between readings: a log is read once, and then only where it has grown."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.core.errors import UnreadableError
from workbench.core.status import status_of
from workbench.core.values import Json
from workbench.training.history import WITHOUT_END, describe, state_without_end
from workbench.training.read_log import ReadLog, kept_log
from workbench.training.run_folder import RunFolder, list_runs

Stamp = tuple[int, int, int]


@dataclass
class _Known:
    """What is known of one run: its log, its row, and which state of its files they are of."""

    log: ReadLog
    record: Stamp | None = None
    order: float = 0.0
    stamps: tuple[Stamp | None, ...] = ()
    row: dict[str, Json] = field(default_factory=dict)
    epochs: tuple[dict[str, Any], ...] = ()


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
        now: dict[Path, _Known] = {}

        def order(run: RunFolder) -> float:
            known = now[run.path] = self._known.get(run.path) or _Known(kept_log(run))
            return _order_of(run, known)

        runs = list(reversed(list_runs(folder, order)))
        self._known = now
        for run in runs:
            self._bring_up_to_date(run, self._known[run.path])
        return Runs(
            tuple(self._known[run.path].row for run in runs),
            {run.name: self._known[run.path].epochs for run in runs},
        )

    @staticmethod
    def _bring_up_to_date(run: RunFolder, known: _Known) -> None:
        stamps = (known.record, _stamp(run.log))
        if known.row and stamps == known.stamps:
            if known.row["state"] in WITHOUT_END and (state := state_without_end(run)) != known.row["state"]:
                known.row = {**known.row, "state": state}
            return
        known.stamps = stamps
        try:
            known.log.read_on(run)
        except UnreadableError as error:
            known.row = {"run": run.name, "state": "damaged", "problem": str(error)}
            return
        finally:
            known.epochs = known.log.epochs
        known.row = describe(run, known.log.events)


def _order_of(run: RunFolder, known: _Known) -> float:
    """When a run began; its record is opened only where it is another than before."""
    record = _stamp(run.path / "run.json")
    if record is None or record != known.record:
        known.record, known.order = record, run.order()
    return known.order


def _stamp(path: Path) -> Stamp | None:
    """Returns what distinguishes one state of a file from another; None where it cannot be read."""
    try:
        status = status_of(path)
    except UnreadableError:
        return None
    return None if status is None else (status.st_ino, status.st_size, status.st_mtime_ns)
