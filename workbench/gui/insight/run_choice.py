"""Whose weights are looked at: the best run by itself, or the one that is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QSizePolicy, QWidget

from workbench.core.errors import printable
from workbench.gui.widgets.fields import ComboBox
from workbench.gui.widgets.labels import plain_tip
from workbench.training.history import best_of, compared_by, measure_of, metrics_text
from workbench.training.metric_names import is_number, title_of

BEST = ""
TIP = "Whose weights are looked at. The best is the best on the validation data of the runs with the newest's network."


class RunChoice(ComboBox):
    """The runs that have weights, newest first, below the best one; not seen where there is nothing to choose.

    Signals:
        chosen(): another run than before, or one that was asked for.
    """

    chosen = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted = self._best = BEST
        self._before = ""  # the wanted run's name in rows that were read before it was renamed
        self._has_room = True
        self.setAccessibleName("Run")
        self.setToolTip(plain_tip(TIP))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.activated.connect(self._on_activated)
        self.show_runs(())

    @property
    def run(self) -> str:
        """Name of the run to take; "" while none is known to be the best, which is the newest one."""
        return self._wanted or self._best

    def choose(self, run: str) -> None:
        """Chooses a run by its name, even if it is chosen already; "" is the best one."""
        self._wanted = run
        self.setCurrentIndex(max(0, self.findData(run)))
        self.chosen.emit()

    def rename(self, before: str, name: str) -> None:
        """Follows the chosen run to its new name, which the next rows have."""
        if self._wanted == before:
            self._wanted, self._before = name, before
            self.chosen.emit()

    def show_runs(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Offers these runs, as `RunRows` knows them, newest first."""
        before, self._best = self.run, best_of(rows)
        trained, compared = [row for row in rows if row.get("best")], compared_by(rows)
        by = (
            f" They are compared by {printable(title_of(compared))}, by which the newest is judged." if compared else ""
        )
        self.setToolTip(plain_tip(TIP + by))
        if self._wanted and not {row["run"] for row in rows} & {self._wanted, self._before}:
            self._wanted = BEST
        if any(row["run"] == self._wanted for row in rows):
            self._before = ""
        self.blockSignals(True)
        self.clear()
        self.addItem(f"best: {printable(self._best)}" if self._best else "newest run", BEST)
        for row in trained:
            names = dict.fromkeys((measure_of(row, "best"), compared))
            metrics = {name: row["best"][name] for name in names if is_number(row["best"].get(name))}
            self.addItem(f"{printable(row['run'])}, {metrics_text(metrics)}", row["run"])
        self.setCurrentIndex(max(0, self.findData(self._wanted)))
        self.blockSignals(False)
        self.setVisible(self._has_room and len(trained) > 1)
        if self.run != before:
            self.chosen.emit()

    def set_roomy(self, *, has_room: bool) -> None:
        """Shows itself only where there is room."""
        self._has_room = has_room
        self.setVisible(has_room and self.count() > 2)

    def _on_activated(self) -> None:
        before, self._wanted = self.run, self.currentData()
        if self.run != before:
            self.chosen.emit()
