"""The names of a plot's curves, above the plot, so that they cover none of it."""

from __future__ import annotations

import pyqtgraph as pg
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF
from PyQt6.QtWidgets import QGraphicsSimpleTextItem, QGraphicsWidget

from workbench.core.errors import printable
from workbench.gui.widgets.labels import plain_tip

ROW, SAMPLE, GAP, BETWEEN = 20.0, 20.0, 5.0, 14.0
FEW = 3
TITLE_ROW = 0  # of the plot's layout; above the curves


class Legend(QGraphicsWidget):
    """A line of names, or several where they are many; pyqtgraph's plot adds and removes entries itself.

    Attributes:
        items: for each entry the sample of its curve, and its name.
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        """Takes the place of a plot's own legend."""
        super().__init__(plot)
        self._plot = plot
        self._colour = QColor()
        self._names: list[str] = []
        self.items: list[tuple[pg.ItemSample, QGraphicsSimpleTextItem]] = []
        plot.legend = self
        plot.vb.geometryChanged.connect(self._arrange)

    def addItem(self, item: pg.PlotDataItem, name: str) -> None:
        """Adds a curve."""
        sample, text = pg.graphicsItems.LegendItem.ItemSample(item), QGraphicsSimpleTextItem(self)
        sample.setParentItem(self)
        text.setBrush(self._colour)
        text.setToolTip(plain_tip(name))
        self.items.append((sample, text))
        self._names.append(printable(name))
        self._arrange()

    def removeItem(self, item: pg.PlotDataItem) -> None:
        """Takes a curve away, if it is there."""
        for number, (sample, text) in enumerate(self.items):
            if sample.item is item:
                for part in (sample, text):
                    part.setParentItem(None)
                    scene = part.scene()
                    if scene is not None:
                        scene.removeItem(part)
                del self.items[number], self._names[number]
                self._arrange()
                return

    def set_colour(self, colour: str) -> None:
        """Writes in another colour."""
        self._colour = QColor(colour)
        for _, text in self.items:
            text.setBrush(self._colour)

    def _arrange(self) -> None:
        """Lays the entries out like words of a text, over the width of the curves, and makes room for them."""
        area: QRectF = self._plot.vb.geometry()
        x, y, columns = 0.0, 0.0, 1 if len(self.items) <= FEW else 2  # many long names would leave the curves no room
        for name, (sample, text) in zip(self._names, self.items, strict=True):
            metrics = QFontMetricsF(text.font())
            room = max(ROW, area.width() / columns - SAMPLE - GAP - BETWEEN)
            text.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, room))
            width = SAMPLE + GAP + text.boundingRect().width()
            if x and x + width > area.width():
                x, y = 0.0, y + ROW
            sample.setPos(x, y)
            text.setPos(x + SAMPLE + GAP, y + (ROW - text.boundingRect().height()) / 2)
            x += width + BETWEEN
        self.setPos(area.left(), 0.0)
        height = y + ROW if self.items else 0.0
        if self._plot.layout.rowMinimumHeight(TITLE_ROW) != height:
            self._plot.layout.setRowFixedHeight(TITLE_ROW, height)
