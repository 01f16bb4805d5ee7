"""The runs as a table that Qt can show: what stands in a cell is made when somebody looks at it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from workbench.core.errors import printable
from workbench.core.values import Json
from workbench.gui.training.runner import Runner
from workbench.gui.widgets.labels import plain_tip
from workbench.training.history import STATES, WITHOUT_END, measure_of, metrics_text
from workbench.training.metric_names import LOSS, beside_loss, declared, is_number, term_of, title_of, value_text
from workbench.training.pace import duration_text

COLUMNS = ("run", "state", "epochs", "best validation", "test", "time")
STATE = COLUMNS.index("state")
PARTS = {"best validation": "best", "test": "test"}  # of a row, by the columns that show the metric of each
DIGITS = "0123456789"
NO_PARENT = QModelIndex()
Display, Tip = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole


@dataclass(frozen=True)
class RunsListing:
    """The runs, and what has to be known of all of them to show any.

    Attributes:
        rows: what is known of each, as they are shown.
        metrics: names of the metrics that have columns of their own.
        places: the number of each run's row, by its name.
    """

    rows: Sequence[dict[str, Json]] = ()
    metrics: tuple[str, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Sequence[dict[str, Json]]) -> RunsListing:
        """Returns the listing of these rows; it looks at every one, so that many are better listed on a thread."""
        return cls(rows, tuple(other_metrics(rows)), {row["run"]: number for number, row in enumerate(rows)})


class RunsModel(QAbstractTableModel):
    """Every run of the project: a row for each, and behind what is always there a column for each metric.

    Attributes:
        listing: the runs, in the order in which they are shown.
    """

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        """Makes a model without rows.

        Args:
            runner: knows which run is being trained here.
            parent: owns the model.
        """
        super().__init__(parent)
        self._runner = runner
        self.listing = self._given = RunsListing()
        self._sorted_by, self._is_falling = "", False
        runner.state_changed.connect(self._on_runner_state)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns: those that are always there, and the metrics."""
        return (*COLUMNS, *self.listing.metrics)

    @property
    def sorted_column(self) -> int:
        """The column by which the rows are sorted; -1 where the newest is first."""
        return self.columns.index(self._sorted_by) if self._sorted_by in self.columns else -1

    def show(self, given: RunsListing) -> None:
        """Shows these runs, newest first; only what is another is told where they are the runs of before."""
        self._given = given
        listing = self._in_order()
        before = self.listing
        if before.metrics == listing.metrics and list(before.places) == list(listing.places):
            self.listing = listing
            pairs = zip(before.rows, listing.rows, strict=True)
            if others := [number for number, (old, new) in enumerate(pairs) if old != new]:
                self.dataChanged.emit(self.index(others[0], 0), self.index(others[-1], self.columnCount() - 1))
            return
        self.beginResetModel()
        self.listing = listing
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts by a column, as Qt asks for it; -1 is newest first."""
        self._sorted_by = self.columns[column] if 0 <= column < len(self.columns) else ""
        self._is_falling = order == Qt.SortOrder.DescendingOrder
        self.layoutAboutToBeChanged.emit()
        places = self.persistentIndexList()
        names = [self.listing.rows[place.row()]["run"] for place in places]
        self.listing = self._in_order()
        moved = [
            self.index(self.listing.places[name], place.column()) for name, place in zip(names, places, strict=True)
        ]
        self.changePersistentIndexList(places, moved)
        self.layoutChanged.emit()

    def _in_order(self) -> RunsListing:
        """The given runs as they are to be shown; those that have nothing in the sorted column come last."""
        given = self._given
        if self._sorted_by not in (*COLUMNS, *given.metrics):
            return given
        keyed = [(self._key(row), row) for row in given.rows]
        found = sorted((each for each in keyed if each[0]), key=lambda each: each[0], reverse=self._is_falling)
        rows = [row for _, row in (*found, *(each for each in keyed if not each[0]))]
        return RunsListing(rows, given.metrics, {row["run"]: number for number, row in enumerate(rows)})

    def _key(self, row: dict[str, Json]) -> tuple[Any, ...]:
        """What a row is sorted by: numbers as numbers, also those in names; () where its cell is empty."""
        name = self._sorted_by
        if name == "state":
            return (self._state(row),)
        if name == "run":
            return tuple((1, int(part), "") if part[0] in DIGITS else (2, 0, part)
                         for part in re.split(r"([0-9]+)", row["run"]) if part)  # fmt: skip
        if row["state"] == "damaged":
            return ()
        match name:
            case "epochs":
                return (row["epoch"], row["epochs"])
            case "best validation" | "test":
                part = PARTS[name]
                measure = measure_of(row, part)
                return (measure, row[part][measure]) if measure and is_number(row[part][measure]) else ()
            case "time":
                return () if row["seconds"] is None else (row["seconds"],)
        value = row["best"].get(name)
        return (value,) if is_number(value) else ()

    def rowCount(self, parent: QModelIndex = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.listing.rows)

    def columnCount(self, parent: QModelIndex = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(COLUMNS) + len(self.listing.metrics)

    def data(self, index: QModelIndex, role: int = Display) -> Any:
        if not index.isValid() or role not in (Display, Tip):
            return None
        row = self.listing.rows[index.row()]
        return self._text(row, index.column()) if role == Display else plain_tip(_about(row))

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Display) -> Any:
        if orientation != Qt.Orientation.Horizontal or role not in (Display, Tip):
            return None
        if section < len(COLUMNS):
            return COLUMNS[section] if role == Display else None
        title = title_of(self.listing.metrics[section - len(COLUMNS)])
        return (
            printable(title) if role == Display else plain_tip(f"{title} on the validation data, after the best epoch")
        )

    def _text(self, row: dict[str, Json], column: int) -> str:
        """What stands in a cell."""
        name = COLUMNS[column] if column < len(COLUMNS) else ""
        if name == "run":
            return printable(row["run"])
        if name == "state":
            return self._state(row)
        if row["state"] == "damaged":
            return ""
        match name:
            case "epochs":
                return f"{row['epoch']} of {row['epochs']}"
            case "best validation" | "test":
                return short_measure(row, PARTS[name])
            case "time":
                return duration_text(row["seconds"]) if row["seconds"] is not None else ""
        metric = self.listing.metrics[column - len(COLUMNS)]
        value = row["best"].get(metric)
        return value_text(metric, value) if is_number(value) else ""

    def _state(self, row: dict[str, Json]) -> str:
        """The state of a run in a word; of one that is trained in this window as it is at this moment."""
        if row["state"] in WITHOUT_END and self._runner.trains(row["run"]):
            return "paused" if self._runner.state == "paused" else "running"
        return str(STATES.get(row["state"], row["state"]))

    def _on_runner_state(self) -> None:
        """What was unfinished may be running now, or is not any more."""
        if self.listing.rows:
            self.dataChanged.emit(self.index(0, STATE), self.index(len(self.listing.rows) - 1, STATE))


def short_measure(row: dict[str, Json], part: str) -> str:
    """Returns the metric that a run is judged by; without its title where that is the usual one."""
    name = measure_of(row, part)
    metric = declared(name)
    if not name:
        return ""
    is_usual = metric is not None and metric.is_main and not term_of(name)
    return value_text(name, row[part][name]) if is_usual else metrics_text({name: row[part][name]})


def other_metrics(rows: Sequence[dict[str, Json]]) -> list[str]:
    """Returns the metrics of the best epochs that have columns of their own: those that no other column shows."""
    found: dict[str, None] = {}
    for row in rows:
        best = row.get("best") or {}
        names = (*beside_loss(best), *(name for name in best if name == LOSS))
        found |= dict.fromkeys(name for name in names if measure_of(row, "best") != name)
    return list(found)


def _about(row: dict[str, Json]) -> str:
    """Everything that is known of a run, for its tool tip."""
    if row["state"] == "damaged":
        return printable(row["problem"])
    lines = [f"started {printable(row['created'])}"]
    lines += [f"{name}: {metrics_text(row[name])}" for name in ("validation", "best", "test") if row[name]]
    lines += [f"learning rate changed to {each}" for each in row["rates"]]
    return "\n".join(lines)
