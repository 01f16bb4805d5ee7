"""The Compare panel: the curves of several runs in one plot, and the settings in which they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.core.errors import printable
from workbench.gui.document.session import Session
from workbench.gui.training.metric_box import MetricBox
from workbench.gui.training.network_differences import NetworkDifferences
from workbench.gui.training.plot import Plot
from workbench.gui.training.plot_menus import PlotMenu, save_picture
from workbench.gui.training.runner import Runner
from workbench.gui.training.runs_list import RunsList
from workbench.gui.training.runs_table import RunsTable
from workbench.gui.widgets.context_menu import LINE, Entries, Entry
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.theme import Theme
from workbench.project.settings import path_words, value_words
from workbench.training.history import differences
from workbench.training.metric_names import axis_of, kind_of, metric_of_kind, telling

# Apart in lightness as well as in hue, and each with a symbol of its own.
COLOURS = ("#4d8df5", "#f0902e", "#2fae7a", "#d0568a", "#8a6fe0", "#b0a030", "#4fb6c9", "#c0603a")
SYMBOLS = ("o", "s", "t", "d", "+", "x", "p", "star")
NOTHING_CHOSEN = "Select two or more runs to see in which settings they differ."
USUAL = 4  # so many runs are laid side by side without being asked


class ComparePanel(QWidget):
    """Runs side by side; those that are selected in the table are drawn.

    Signals:
        look_requested(str): somebody wants to see what this run has learnt.
    """

    look_requested = pyqtSignal(str)

    def __init__(
        self, session: Session, runner: Runner, runs: RunsList, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._runs, self.theme = runs, theme
        self._names: list[str] = []
        self._is_stale = True
        self.runs = RunsTable(session, runner, runs, usual=USUAL)
        self.plot = Plot("validation")
        self.metric_box = MetricBox("Which metric of the runs is drawn")
        self.differing = QTableWidget()
        self.networks = NetworkDifferences(session)
        self._build()
        self.set_theme(theme)
        self.runs.look_requested.connect(self.look_requested)
        self.runs.chosen.connect(self._on_chosen)
        self.runs.filled.connect(self._on_filled)
        self.metric_box.chosen.connect(self._draw)
        PlotMenu(self.plot, self._entries)

    def _build(self) -> None:
        self.differing.setAccessibleName("Settings that differ")
        self.differing.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        rows, columns = self.differing.verticalHeader(), self.differing.horizontalHeader()
        assert rows is not None
        assert columns is not None
        rows.hide()
        columns.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._note = plain_label(NOTHING_CHOSEN, faint=True, wraps=True)
        top = QHBoxLayout()
        top.addWidget(plain_label("validation", faint=True))
        top.addWidget(self.metric_box)
        top.addStretch(1)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.plot, 1)
        left = QWidget()
        stack = QVBoxLayout(left)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.addWidget(self.runs, 2)
        stack.addWidget(self._note)
        stack.addWidget(self.differing, 1)
        stack.addWidget(self.networks)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(right)
        split.setSizes([620, 640])
        split.setChildrenCollapsible(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.addWidget(split)

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self.theme = theme
        self.plot.set_theme(theme)

    def _entries(self) -> Entries:
        """What a right-click on the plot offers."""
        follow = Entry("Show all of it again", self._draw, is_of_use=self.plot.is_free)
        return [Entry("Save as a picture…", lambda: save_picture(self.plot, self)), LINE, follow]

    def _on_filled(self) -> None:
        """What is known of the runs is more than before, or other."""
        self._on_chosen(self.runs.selected)

    def showEvent(self, a0: QShowEvent | None) -> None:
        """Draws what has changed while nobody saw it."""
        super().showEvent(a0)
        if self._is_stale:
            self._on_filled()

    def _on_chosen(self, names: list[str]) -> None:
        self._names, self._is_stale = names, not self.isVisible()
        if self._is_stale:
            return
        self.networks.show_runs(names)
        self._show_differences([row for row in self.runs.rows if row["run"] in names and row["state"] != "damaged"])
        self._draw()

    def _show_differences(self, rows: list[dict[str, Any]]) -> None:
        found = differences(rows) if len(rows) > 1 else []
        self.differing.setVisible(bool(found))
        text = NOTHING_CHOSEN
        if len(rows) > 1:
            text = "These runs were trained with the same settings." if not found else "Settings that differ:"
        self._note.setText(text)
        self.differing.setColumnCount(1 + len(rows))
        self.differing.setHorizontalHeaderLabels(["setting", *(printable(row["run"]) for row in rows)])
        self.differing.setRowCount(len(found))
        for number, (path, values) in enumerate(found):
            words = (path_words(path), *(value_words(path, value) for value in values))
            for column, text in enumerate(words):
                item = QTableWidgetItem(printable(text))
                item.setToolTip(plain_tip(f"In the file: {path}"))
                self.differing.setItem(number, column, item)

    def _offered(self, chosen: Iterable[Sequence[Mapping[str, Any]]]) -> str:
        """Offers what the chosen runs report: each kind, of which a run's first is drawn, and each by its name."""
        last = [epochs[-1].get("validation", {}) for epochs in chosen if epochs]
        found = {name: value for metrics in last for name, value in metrics.items()}
        names = list(dict.fromkeys(each for name in found for each in (kind_of(name), name)))
        self.metric_box.offer(names, kind_of(telling(found)))
        return self.metric_box.name

    def _draw(self) -> None:
        self.plot.clear()
        chosen = {name: self._runs.runs.epochs.get(name, ()) for name in self._names}
        metric = self._offered(chosen.values())
        highest = 1.0
        values: list[float] = []
        for number, (name, epochs) in enumerate(chosen.items()):
            found = [(event["epoch"], event.get("validation", {})) for event in epochs]
            points = [
                (x, metrics.get(metric if metric in metrics else metric_of_kind(metrics, metric)))
                for x, metrics in found
            ]
            points = [(x, y) for x, y in points if isinstance(y, (int, float)) and np.isfinite(y)]
            if not points:
                continue
            colour = COLOURS[number % len(COLOURS)]
            xs, ys = zip(*points, strict=True)
            self.plot.plot(
                np.array(xs, float), np.array(ys, float), pen=pg.mkPen(colour, width=2), name=name,
                symbol=SYMBOLS[number % len(SYMBOLS)], symbolSize=7, symbolBrush=colour, symbolPen=None,
            )  # fmt: skip
            highest = max(highest, *xs)
            values += ys
        self.plot.setLabel("left", printable(f"validation {axis_of(metric)}".strip()))
        self.plot.follow()
        if values:
            self.plot.fit((0.0, highest), min(values), max(values))
        self.plot.set_theme(self.theme)
