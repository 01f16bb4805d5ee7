"""The confusion matrix: how often each class was taken for each other, as a table of colours and numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PyQt6.QtWidgets import QToolTip, QWidget

from workbench.core.errors import printable
from workbench.gui.widgets.context_menu import ContextMenu, Entries, Entry
from workbench.gui.widgets.labels import plain_tip
from workbench.gui.widgets.theme import Theme
from workbench.training.class_figures import ClassFigures, class_figures

FIRST = "The confusion matrix of the validation data\ncomes with the first epoch."
STEPS = {
    Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
}  # fmt: skip
LEAST_CELL = 17.0  # a cell smaller than this has no number
MARGIN = 8.0


class ConfusionMatrix(QWidget):
    """Rows are the true classes, columns what the network said; right answers lie on the diagonal.

    Signals:
        cell_chosen(int, int): the pictures of this true class that were said to be that class are wanted.
        count_requested(): there is no matrix, but it can be counted, and is wanted.
        shown(): another matrix is shown, or none.

    Attributes:
        figures: what the matrix says of each class; empty without one.
        is_of_pixels: whether pixels of masks were counted.
    """

    cell_chosen = pyqtSignal(int, int)
    count_requested = pyqtSignal()
    shown = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._counts: NDArray[np.int64] | None = None
        self._classes: tuple[str, ...] = ()
        self.figures: tuple[ClassFigures, ...] = ()
        self.is_of_pixels = False
        self.empty_text, self.about, self._can_count = FIRST, "", False
        self.place = (0, 0)  # row and column of the cell that the keyboard is at
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Confusion matrix")
        self.setMinimumSize(QSize(220, 220))
        ContextMenu(self, self._entries)

    def show_counts(
        self,
        counts: NDArray[np.int64] | None,
        classes: tuple[str, ...] = (),
        *,
        empty_text: str = FIRST,
        about: str = "",
        can_count: bool = False,
        is_of_pixels: bool = False,
    ) -> None:
        """Shows a matrix.

        Args:
            counts: (true class, said class); None empties the widget.
            classes: names of the classes.
            empty_text: why there is no matrix.
            about: of which weights it is, in a few words.
            can_count: whether a matrix that is not there can be counted.
            is_of_pixels: whether pixels of masks were counted.
        """
        self.empty_text, self.about, self._can_count = empty_text, about, can_count and counts is None
        self._counts = counts if counts is not None and counts.size else None
        number = 0 if self._counts is None else len(self._counts)
        self.place = (min(self.place[0], max(0, number - 1)), min(self.place[1], max(0, number - 1)))
        self._classes = classes if len(classes) == number else tuple(map(str, range(number)))
        self.is_of_pixels = is_of_pixels
        self.figures = () if self._counts is None else class_figures(self._counts, self._classes)
        self.update()
        self.shown.emit()

    def _entries(self, place: QPoint | None) -> Entries:
        """What a right-click offers: what a click does."""
        if self._can_count:
            return [Entry("Count it now", self.count_requested.emit)]
        cell = self.place if place is None else self.cell_at(place.x(), place.y())
        if self._counts is None or cell is None or self.is_of_pixels:
            return []
        count = int(self._counts[cell])
        return [Entry("Show these pictures", lambda: self._choose(cell), self.describe(*cell), is_of_use=count > 0)]

    def _choose(self, cell: tuple[int, int]) -> None:
        self.place = cell
        self.update()
        if not self.is_of_pixels:  # pixels are no samples that could be shown
            self.cell_chosen.emit(*cell)

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self.theme = theme
        self.update()

    def _label_width(self) -> float:
        longest = max((self.fontMetrics().horizontalAdvance(printable(name)) for name in self._classes), default=0)
        return float(min(longest, 84) + 6)

    def _grid(self) -> QRectF:
        """Where the cells are: a square beside the names of the rows, above those of the columns."""
        left, line = MARGIN + 18 + self._label_width(), float(self.fontMetrics().height())
        side = min(self.width() - left - MARGIN, self.height() - 2 * line - 3 * MARGIN)
        return QRectF(left, MARGIN, max(side, 10.0), max(side, 10.0))

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """(true class, said class) under a point, or None."""
        grid = self._grid()
        if self._counts is None or not grid.contains(x, y):
            return None
        cell = grid.width() / len(self._counts)
        last = len(self._counts) - 1
        return min(last, int((y - grid.top()) / cell)), min(last, int((x - grid.left()) / cell))

    def describe(self, row: int, column: int) -> str:
        """A cell in words."""
        assert self._counts is not None
        count, total = int(self._counts[row, column]), int(self._counts[row].sum())
        said = "correct" if row == column else f"taken for {printable(self._classes[column])}"
        return f"{printable(self._classes[row])} {said}: {count:,} of {total:,}"

    def _describe_cursor(self) -> None:
        self.setAccessibleDescription(self.describe(*self.place) if self._counts is not None else "")

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        if self._counts is None:
            painter.setPen(QColor(self.theme.faint))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(12, 0, -12, 0), flags, self.empty_text)
        else:
            self._paint_cells(painter, self._grid())
            self._paint_names(painter, self._grid())
            if self.hasFocus():
                self._paint_cursor(painter, self._grid())
        painter.end()

    def _paint_cells(self, painter: QPainter, grid: QRectF) -> None:
        assert self._counts is not None
        number, cell = len(self._counts), grid.width() / len(self._counts)
        shares = self._counts / np.maximum(self._counts.sum(axis=1, keepdims=True), 1)
        base, right, wrong = (QColor(self.theme.field), QColor(self.theme.accent), QColor(self.theme.wrong))
        font = painter.font()
        font.setPointSizeF(max(6.5, min(9.0, cell * 0.33)))
        painter.setFont(font)
        for row in range(number):
            for column in range(number):
                share = float(shares[row, column])
                strength = share if row == column else min(1.0, 4 * share)
                colour = _mixed(base, right if row == column else wrong, 0.9 * strength)
                place = QRectF(grid.left() + column * cell, grid.top() + row * cell, cell - 1, cell - 1)
                painter.fillRect(place, colour)
                count = int(self._counts[row, column])
                if cell >= LEAST_CELL and count:
                    dark = 0.3 * colour.redF() + 0.59 * colour.greenF() + 0.11 * colour.blueF() < 0.55
                    painter.setPen(QColor("#ffffff" if dark else "#14181d"))
                    painter.drawText(
                        place, Qt.AlignmentFlag.AlignCenter, _count_text(count, painter.fontMetrics(), cell)
                    )

    def _paint_names(self, painter: QPainter, grid: QRectF) -> None:
        painter.setFont(self.font())
        painter.setPen(QColor(self.theme.faint))
        cell, metrics = grid.width() / len(self._classes), painter.fontMetrics()
        every = max(1, -(-metrics.height() // max(1, int(cell))))
        for number, name in enumerate(self._classes):
            if number % every:
                continue
            width = self._label_width()
            text = metrics.elidedText(printable(name), Qt.TextElideMode.ElideRight, int(width) - 4)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(grid.left() - width - 4, grid.top() + number * cell, width, cell), right, text)
            text = metrics.elidedText(printable(name), Qt.TextElideMode.ElideRight, int(cell * every))
            place = QRectF(grid.left() + number * cell - cell * (every - 1) / 2, grid.bottom() + 2, cell * every, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, text)
        below = QRectF(grid.left(), grid.bottom() + 2 + metrics.height(), grid.width(), metrics.height() + 2)
        about = " · ".join(filter(None, ("said by the network", self.about)))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, about)
        painter.translate(MARGIN + 6, grid.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-100, -10, 200, 18), Qt.AlignmentFlag.AlignCenter, "true class")
        painter.resetTransform()

    def _paint_cursor(self, painter: QPainter, grid: QRectF) -> None:
        cell = grid.width() / len(self._classes)
        painter.setPen(QPen(QColor(self.theme.text), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(grid.left() + self.place[1] * cell, grid.top() + self.place[0] * cell, cell, cell))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        cell = self.cell_at(event.position().x(), event.position().y())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(cell)
        elif self._can_count and event.button() == Qt.MouseButton.LeftButton:
            self.count_requested.emit()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        has_cell = self.cell_at(event.position().x(), event.position().y()) is not None
        is_of_use = self._can_count or (has_cell and not self.is_of_pixels)
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_of_use else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        step = STEPS.get(Qt.Key(event.key()))
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if self._can_count and is_enter:
            self.count_requested.emit()
        elif self._counts is None:
            super().keyPressEvent(event)
        elif is_enter:
            self._choose(self.place)
        elif step is not None:
            last = len(self._counts) - 1
            row, column = (min(last, max(0, at + by)) for at, by in zip(self.place, step, strict=True))
            self.place = row, column
            self._describe_cursor()
            self.update()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        self._describe_cursor()
        super().focusInEvent(event)

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos().x(), event.pos().y())
            then = " pixels" if self.is_of_pixels else "\nClick to see these pictures."
            text = f"{self.describe(*cell)}{then}" if cell else ""
            QToolTip.showText(event.globalPos(), plain_tip(text), self)
            return True
        return super().event(event)


def _count_text(count: int, metrics: QFontMetrics, width: float) -> str:
    """A count as long as there is room for it: whole, in thousands or millions, or not at all."""
    rounded = f"{count / 1e6:.1f}M" if count >= 999_500 else f"{count / 1e3:.0f}k"
    texts = (str(count), *([rounded] if count >= 1000 else []))
    return next((text for text in texts if metrics.horizontalAdvance(text) <= width - 2), "…")


def _mixed(first: QColor, second: QColor, share: float) -> QColor:
    parts = [
        round(a + (b - a) * share)
        for a, b in zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)
        if a is not None and b is not None
    ]
    return QColor(*parts)
