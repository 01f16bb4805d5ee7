"""What colours stand for, in lines."""

from __future__ import annotations

from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from workbench.core.errors import printable
from workbench.gui.widgets.theme import Theme


class ColourNames(QWidget):
    """The colours of a picture with what they stand for, in lines."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._rows: tuple[tuple[str, tuple[int, int, int]], ...] = ()

    def show_colours(self, rows: tuple[tuple[str, tuple[int, int, int]], ...]) -> None:
        """Shows other colours."""
        self._rows = rows
        self.setVisible(bool(rows))
        self.setFixedHeight(self._placed(self.width())[1])
        self.setAccessibleName("Colours: " + ", ".join(name for name, _ in rows))
        self.update()

    def _placed(self, width: int) -> tuple[list[tuple[int, int]], int]:
        """Where each name begins, in lines of a width, and the height of all."""
        metrics, x, y, places = self.fontMetrics(), 0, 0, []
        for name, _ in self._rows:
            wide = metrics.horizontalAdvance(printable(name)) + 28
            if x and x + wide > width:
                x, y = 0, y + metrics.height() + 2
            places.append((x, y))
            x += wide
        return places, y + metrics.height() + 2

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, (places, height) = QPainter(self), self._placed(self.width())
        line = self.fontMetrics().height()
        for (name, colour), (x, y) in zip(self._rows, places, strict=True):
            painter.fillRect(x, y + (line - 10) // 2, 10, 10, QColor(*colour))
            painter.setPen(QColor(self.theme.text))
            painter.drawText(x + 14, y + self.fontMetrics().ascent(), printable(name))
        painter.end()
        if height != self.height():
            self.setFixedHeight(height)
