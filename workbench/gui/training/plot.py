"""One plot: its axes, its range that follows the data, and its legend."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QRectF, pyqtSignal
from PyQt6.QtGui import QPaintEvent
from PyQt6.QtWidgets import QGraphicsItem, QWidget

from workbench.gui.training.legend import Legend
from workbench.gui.training.redraw_pace import RedrawPace
from workbench.gui.widgets.theme import Theme

HEADROOM, SLACK = 0.06, 0.45  # the y range is kept until data leave it or fill less than this share of it
MARGINS = (6, 4, 14, 4)  # left, top, right, bottom, in pixels


class WholeAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """An axis below a plot that shows its last number too, though half of it reaches over the axis's end.

    Where there is a grid, pyqtgraph's own style for that (`hideOverlappingLabels`) does nothing.
    """

    def boundingRect(self) -> QRectF:
        found: QRectF = super().boundingRect()
        return found.adjusted(-MARGINS[2], 0, MARGINS[2], 0)


class Plot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """One plot whose range follows its data, until the user moves it; a double-click lets it follow again.

    Signals:
        freed(): the user has moved the range.
        followed(): it follows the data again.
    """

    freed = pyqtSignal()
    followed = pyqtSignal()

    def __init__(self, title: str, x_title: str = "epoch", parent: QWidget | None = None) -> None:
        super().__init__(parent, axisItems={"bottom": WholeAxis("bottom")})
        self.setAccessibleName(f"Curve of {title}")
        self.setMenuEnabled(False)
        self.hideButtons()
        for side, text in (("bottom", x_title), ("left", title)):
            axis = self.getAxis(side)
            axis.enableAutoSIPrefix(False)  # before the first number: the scale it has chosen stays
            # Numbers and grid are most of what a redraw costs, and mostly they are those of the last one.
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
            self.setLabel(side, text)
        self.getPlotItem().layout.setContentsMargins(*MARGINS)
        self.legend = Legend(self.getPlotItem())
        self.disableAutoRange()
        self.is_free = False
        self.getViewBox().sigRangeChangedManually.connect(self._on_moved)
        self._range: tuple[float, float] | None = None
        self.pace: RedrawPace | None = None  # what painting takes is counted there, if anywhere

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self.setBackground(theme.field)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(theme.line)
            axis.setTextPen(theme.faint)
        self.showGrid(x=True, y=True, alpha=0.15)
        self.legend.set_colour(theme.text)

    def _on_moved(self) -> None:
        self.is_free = True
        self.freed.emit()

    def follow(self) -> None:
        """Follows the data again."""
        self.is_free, self._range = False, None
        self.followed.emit()

    def fit(self, x: tuple[float, float], low: float, high: float) -> None:
        """Makes room for the data, if the user has not taken the range over; small changes move nothing."""
        if self.is_free or not (np.isfinite(low) and np.isfinite(high)):
            return
        self.setXRange(*x, padding=0.02)
        span = (high - low) or abs(high) or 1.0
        old = self._range
        if old is None or low < old[0] or high > old[1] or span < SLACK * (old[1] - old[0]):
            self._range = (low - HEADROOM * span, high + HEADROOM * span)
            self.setYRange(*self._range, padding=0)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        with self.pace.work() if self.pace is not None else nullcontext():
            super().paintEvent(event)

    def mouseDoubleClickEvent(self, event: object) -> None:
        self.follow()
