"""Live curves of a run: every batch faint, their running mean, and epochs as points; cheap for any length."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QPen
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from workbench.core.errors import printable
from workbench.gui.training.metric_box import MetricBox
from workbench.gui.training.plot import Plot
from workbench.gui.training.redraw_pace import RedrawPace
from workbench.gui.widgets.labels import plain_tip
from workbench.gui.widgets.theme import Theme, mixed
from workbench.training.metric_names import LOSS, axis_of, telling, title_of, unit_of, value_text
from workbench.training.metrics.spec import SHARE
from workbench.training.pyramid import Pyramid
from workbench.training.run_data import TERM, RunData

TRAIN, VALIDATION = "#4d8df5", "#f0902e"
MOST_POINTS = 1600
FAINT = 0.31  # how much of its colour the line of the batches keeps
SPLITS = ("train", "validation")
TERM_COLOURS = ("#4d8df5", "#f0902e", "#35a77c", "#c45fc0", "#8a6fe8", "#d1495b", "#2aa9c0", "#a8912b")


class Curves(QWidget):
    """Loss and, where there are any, a metric and the terms that the loss is the weighted sum of.

    Attributes:
        loss: the plot of the loss.
        measure: the plot of the metric that is chosen.
        terms: the plot of the terms.
        pace: how often they are to be drawn while a network learns.
        choice: the choice of the metric; whoever has the tools beside the plots gives it its place.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loss, self.measure, self.terms = Plot(LOSS), Plot("metric"), Plot("loss, term by term")
        self._plots, self.pace = (self.loss, self.measure, self.terms), RedrawPace()
        self.choice = MetricBox("Which metric is drawn beside the loss", self)
        self.choice.chosen.connect(self.draw)
        self._measure = ""  # the metric that is drawn
        self._smoothing = 20
        self._is_log = False
        self._curves: dict[str, pg.PlotDataItem] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for plot in self._plots:
            plot.pace = self.pace
            # The hint of a plot is the size that it has, so one that was alone before would keep its room.
            plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
            layout.addWidget(plot, 1)
            plot.scene().sigMouseMoved.connect(self._on_mouse_moved)
            plot.freed.connect(self._free)
            plot.followed.connect(self._follow)
        self.measure.setXLink(self.loss)
        self.terms.setXLink(self.loss)
        self._reader = pg.TextItem(anchor=(0, 1))
        self.set_theme(theme)
        self.clear()

    def _free(self) -> None:
        """The plots share their x axis, so the range of one is that of both."""
        for plot in self._plots:
            plot.is_free = True

    def _follow(self) -> None:
        for plot in self._plots:
            plot.is_free = False

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        for plot in self._plots:
            plot.set_theme(theme)
        self._reader.setColor(theme.text)
        self._theme = theme
        if "batches" in self._curves:
            self._curves["batches"].setPen(self._faint_pen())

    def _faint_pen(self) -> QPen:
        """Returns the pen of the batches; its colour is mixed here, since a clear one costs ten times more to draw."""
        pen = QPen(QColor(mixed(TRAIN, self._theme.field, FAINT)), 1)
        pen.setCosmetic(True)
        return pen

    @property
    def batches(self) -> Pyramid:
        """The loss of every batch of the run that is drawn."""
        return self.data.batches

    @property
    def epochs(self) -> Mapping[str, list[tuple[float, float]]]:
        """The epochs of the run that is drawn, by "train loss" and so on."""
        return self.data.epochs

    def clear(self) -> None:
        """Ready for another run."""
        self.show_data(RunData())

    def show_data(self, data: RunData, *, is_same_run: bool = False) -> None:
        """Draws another run, or the same one anew, which stays zoomed; what comes in later is drawn at the next `draw`.

        Args:
            data: of the run.
            is_same_run: whether it is the run that is drawn already.
        """
        self.data = data
        data.mark_all()
        self._curves = {}
        for plot in self._plots:
            plot.clear()
            if not is_same_run:
                plot.follow()
                plot.setXRange(0.0, data.end, padding=0.02)  # also where the run has nothing to draw yet
        self._measure = ""
        self.measure.hide()
        self.terms.hide()
        self._curves["batches"] = self.loss.plot(pen=self._faint_pen(), name="batches")
        self._curves["mean"] = self.loss.plot(pen=pg.mkPen(TRAIN, width=1.5))
        for curve in self._curves.values():
            curve.setSkipFiniteCheck(True)
        self.draw()

    def set_smoothing(self, batches: int) -> None:
        """Over how many batches the running mean goes; 0 draws none."""
        self._smoothing = batches
        self.draw()

    def set_log(self, is_log: bool) -> None:
        """Draws the loss on a logarithmic axis."""
        self._is_log = is_log
        for plot in (self.loss, self.terms):
            plot.setLogMode(y=is_log)
            plot.follow()
        self.draw()

    def draw(self) -> None:
        """Draws what has come in."""
        self.pace.next()
        with self.pace.work():
            self._draw()

    def _draw(self) -> None:
        self.data.take_in()
        self._show_measure()
        left, right = self.loss.getViewBox().viewRange()[0]
        start, end = (left, right) if self.loss.is_free else (0.0, self.data.end)
        seen = self.batches.view(start, end, MOST_POINTS)
        mark = "o" if len(seen[0]) == 1 else None  # one point makes no line
        self._curves["batches"].setData(*seen, symbol=mark, symbolSize=6, symbolBrush=TRAIN, symbolPen=None)
        smooth = self.batches.smoothed(self._smoothing, MOST_POINTS // 2) if self._smoothing else ([], [])
        self._curves["mean"].setData(*smooth)
        for key in self.data.take_stale():
            name, metric = key.split(" ", 1)
            if key not in self._curves and (
                metric == self._measure or self._is_of(key, LOSS) or self._is_of(key, TERM)
            ):
                self._curves[key] = self._new_curve(name, metric)
            if key in self._curves:
                xs, ys = zip(*self.epochs[key], strict=True)
                self._curves[key].setData(np.array(xs, float), np.array(ys, float))
        self._fit()

    def _show_measure(self) -> None:
        """Makes the plot beside the loss one of the chosen metric, as far as the run reports any."""
        names = self.data.measured()
        self.choice.offer(names, telling(dict.fromkeys(names, 0.0)))
        self.choice.setVisible(len(names) > 1)
        if self.choice.name == self._measure:
            return
        for key in [f"{name} {self._measure}" for name in SPLITS]:
            if key in self._curves:
                self.measure.removeItem(self._curves.pop(key))
        self._measure = self.choice.name
        self.measure.setLabel("left", printable(axis_of(self._measure)))
        self.measure.setAccessibleName(f"Curve of {printable(title_of(self._measure))}")
        self.measure.follow()
        self.data.mark_all()

    def _fit(self) -> None:
        losses = self._values(LOSS)
        if len(self.batches):
            losses += self.batches.extremes(len(self.batches) // 50)  # the first moments would squeeze all else
        for plot, found in ((self.loss, losses), (self.terms, self._values(TERM))):
            seen = [y for y in found if np.isfinite(y) and (y > 0 or not self._is_log)]
            if seen:
                ends = np.log10([min(seen), max(seen)]) if self._is_log else [min(seen), max(seen)]
                plot.fit((0.0, self.data.end), float(ends[0]), float(ends[1]))
        if found := [y for y in self._values(self._measure) if np.isfinite(y)]:
            high = 1.0 if unit_of(self._measure) == SHARE else max(found)
            self.measure.fit((0.0, self.data.end), min(found), high)

    def _values(self, metric: str) -> list[float]:
        """All that is known of a metric, or of all terms."""
        keys = [key for key in self.epochs if self._is_of(key, metric)]
        return [y for key in keys for _, y in self.epochs[key]]

    @staticmethod
    def _is_of(key: str, metric: str) -> bool:
        its_metric = key.split(" ", 1)[1]
        return its_metric == metric or (metric == TERM and its_metric.startswith(TERM))

    def _new_curve(self, name: str, metric: str) -> pg.PlotDataItem:
        if metric.startswith(TERM):
            plot, name = self.terms, metric.removeprefix(TERM)
            others = [key for key in self._curves if TERM in key]
            colour = TERM_COLOURS[len(others) % len(TERM_COLOURS)]
        else:
            plot = self.loss if metric == LOSS else self.measure
            colour = TRAIN if name == "train" else VALIDATION
        plot.show()
        symbol = "s" if name == "validation" else "o"
        return plot.plot(
            pen=pg.mkPen(colour, width=2), symbol=symbol, symbolSize=6, symbolBrush=colour, symbolPen=None, name=name
        )

    def _on_mouse_moved(self, place: QPointF) -> None:
        """Tells the values of the epoch under the mouse."""
        for plot, metric in ((self.loss, LOSS), (self.measure, self._measure), (self.terms, TERM)):
            if not plot.isVisible() or plot.scene() is not self.sender():
                continue
            at = plot.getViewBox().mapSceneToView(place)
            lines = []
            for key, points in self.epochs.items():
                name, its_metric = key.split(" ", 1)
                x, y = min(points, key=lambda point: abs(point[0] - at.x()))
                if self._is_of(key, metric) and abs(x - at.x()) < 0.5:
                    name = its_metric.removeprefix(TERM) if metric == TERM else name
                    lines.append(f"{name} {value_text(metric, y) if plot is self.measure else f'{y:.4f}'}")
            plot.setToolTip(plain_tip(f"epoch {round(at.x())}: {', '.join(lines)}" if lines else ""))
