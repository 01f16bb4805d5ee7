"""Live curves of a run: every batch faint, epochs as points, in a bounded memory."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from workbench.gui.theme import Theme

MOST = 4096
TRAIN, VALIDATION = "#4d8df5", "#f0902e"


class Buckets:
    """A curve of any length in 4,096 buckets of smallest and largest value; neighbours merge when it is full."""

    def __init__(self) -> None:
        self._x = np.zeros(MOST)
        self._low = np.zeros(MOST)
        self._high = np.zeros(MOST)
        self._count = 0
        self._size = 1
        self._filled = 0

    def add(self, x: float, y: float) -> None:
        """Adds a point behind the others; a value that is no number is left out."""
        if not np.isfinite(y):
            return
        if self._filled == 0:
            if self._count == MOST:
                self._halve()
            self._low[self._count] = self._high[self._count] = y
            self._count += 1
        at = self._count - 1
        self._x[at] = x
        self._low[at] = min(self._low[at], y)
        self._high[at] = max(self._high[at], y)
        self._filled = (self._filled + 1) % self._size

    def _halve(self) -> None:
        half = MOST // 2
        self._x[:half] = self._x[1::2]
        self._low[:half] = np.minimum(self._low[::2], self._low[1::2])
        self._high[:half] = np.maximum(self._high[::2], self._high[1::2])
        self._count = half
        self._size *= 2

    def points(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The curve to draw: both ends of each bucket."""
        x = np.repeat(self._x[: self._count], 2)
        y = np.stack([self._low[: self._count], self._high[: self._count]], axis=1).ravel()
        return x, y


class Curves(QWidget):
    """Loss and, where there is one, accuracy."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loss, self._share = pg.PlotWidget(), pg.PlotWidget()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for plot, title in ((self._loss, "loss"), (self._share, "accuracy")):
            plot.setAccessibleName(f"Curve of {title}")
            plot.setMenuEnabled(False)
            plot.addLegend(offset=(-10, 10))
            plot.setLabel("bottom", "epoch")
            plot.setLabel("left", title)
            layout.addWidget(plot)
        self.set_theme(theme)
        self.clear()

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        for plot in (self._loss, self._share):
            plot.setBackground(theme.panel)
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(theme.line)
                axis.setTextPen(theme.faint)
                axis.enableAutoSIPrefix(False)
            plot.showGrid(x=True, y=True, alpha=0.15)

    def clear(self) -> None:
        """Ready for another run."""
        self._batches = Buckets()
        self._epochs: dict[str, list[tuple[float, float]]] = {}
        self._curves: dict[str, pg.PlotDataItem] = {}
        for plot in (self._loss, self._share):
            plot.clear()
        self._share.hide()
        faint = pg.mkColor(TRAIN)
        faint.setAlpha(110)
        self._curves["batches"] = self._loss.plot(pen=pg.mkPen(faint, width=1), name="batches")

    def add_batch(self, epoch: float, loss: float) -> None:
        """Takes one step in; drawn at the next `draw`."""
        self._batches.add(epoch, loss)

    def add_epoch(self, epoch: int, name: str, metrics: dict[str, float]) -> None:
        """Takes the metrics of an epoch in, for "train" or "validation"."""
        for metric in ("loss", "accuracy"):
            if metric in metrics:
                self._epochs.setdefault(f"{name} {metric}", []).append((epoch, metrics[metric]))

    def draw(self) -> None:
        """Draws what has come in."""
        self._curves["batches"].setData(*self._batches.points())
        for key, points in self._epochs.items():
            name, metric = key.split(" ")
            if key not in self._curves:
                self._curves[key] = self._new_curve(name, metric)
            xs, ys = zip(*points, strict=True)
            self._curves[key].setData(xs, ys)

    def _new_curve(self, name: str, metric: str) -> pg.PlotDataItem:
        plot = self._loss if metric == "loss" else self._share
        plot.show()
        colour = TRAIN if name == "train" else VALIDATION
        return plot.plot(
            pen=pg.mkPen(colour, width=2), symbol="o", symbolSize=6, symbolBrush=colour, symbolPen=None, name=name
        )
