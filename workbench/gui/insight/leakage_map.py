"""The leakage matrix as a table of colours and numbers."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.core.errors import printable
from workbench.gui.widgets.labels import plain_tip
from workbench.gui.widgets.theme import Theme
from workbench.insight.colours import SEQUENTIAL
from workbench.insight.latent.leakage import LeakageMatrix

CELL_HEIGHT, LEAST_CELL, WIDEST_CELL = 26.0, 44.0, 96.0
GAP = 6.0  # over the last row, whose numbers are of another kind
PAD = 8.0


class LeakageMap(QWidget):
    """Rows are the latents of the factors, columns the factors; the latents' own cells are framed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._matrix: LeakageMatrix | None = None
        self.setAccessibleName("Leakage matrix")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self._theme = theme
        self.update()

    def show_matrix(self, matrix: LeakageMatrix) -> None:
        """Shows a matrix, for those who cannot see it as text."""
        self._matrix = matrix
        self.setAccessibleDescription("\n".join(matrix.lines()))
        self.updateGeometry()
        self.update()

    def _name_width(self) -> float:
        names = self._matrix.rows if self._matrix else ()
        return max((self.fontMetrics().horizontalAdvance(printable(name)) for name in names), default=0) + PAD

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell is drawn."""
        assert self._matrix is not None
        left, room = self._name_width(), self.width() - self._name_width()
        width = max(LEAST_CELL, min(WIDEST_CELL, room / len(self._matrix.columns)))
        top = self._heading() + row * CELL_HEIGHT + (GAP if row == len(self._matrix.rows) - 1 else 0)
        return QRectF(left + column * width, top, width - 1, CELL_HEIGHT - 1)

    def _heading(self) -> float:
        return self.fontMetrics().height() + 4.0

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column under a point, or None."""
        if self._matrix is None:
            return None
        cells = ((row, column) for row in range(len(self._matrix.rows)) for column in range(len(self._matrix.columns)))
        return next((cell for cell in cells if self.cell_rect(*cell).contains(x, y)), None)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self._matrix is None:
            return
        painter = QPainter(self)
        faint = QColor(self._theme.faint)
        painter.setPen(faint)
        for column, name in enumerate(self._matrix.columns):
            cell = self.cell_rect(0, column)
            text = painter.fontMetrics().elidedText(printable(name), Qt.TextElideMode.ElideRight, int(cell.width()) - 2)
            painter.drawText(QRectF(cell.left(), 0, cell.width(), cell.top()), Qt.AlignmentFlag.AlignCenter, text)
        for row, name in enumerate(self._matrix.rows):
            cell = self.cell_rect(row, 0)
            place = QRectF(0, cell.top(), cell.left() - PAD, cell.height())
            painter.setPen(faint)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, printable(name))
            for column in range(len(self._matrix.columns)):
                self._paint_cell(painter, row, column)
        painter.end()

    def _paint_cell(self, painter: QPainter, row: int, column: int) -> None:
        assert self._matrix is not None
        rect, value = self.cell_rect(row, column), float(self._matrix.values[row, column])
        colour = QColor(*(int(part) for part in SEQUENTIAL[round(max(0.0, min(1.0, value)) * 255)]))
        painter.fillRect(rect, colour)
        dark = 0.3 * colour.redF() + 0.59 * colour.greenF() + 0.11 * colour.blueF() < 0.5
        painter.setPen(QColor("#ffffff" if dark else "#14181d"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, f"{value:.2f}")
        if column in self._matrix.own[row]:
            painter.setPen(QPen(QColor(self._theme.accent), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))

    def sizeHint(self) -> QSize:
        rows, columns = (len(self._matrix.rows), len(self._matrix.columns)) if self._matrix else (0, 0)
        height = self._heading() + rows * CELL_HEIGHT + GAP
        return QSize(round(self._name_width() + columns * LEAST_CELL), round(height))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and self._matrix is not None:
            cell = self.cell_at(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), plain_tip(self._matrix.describe(*cell)) if cell else "", self)
            return True
        return super().event(event)
