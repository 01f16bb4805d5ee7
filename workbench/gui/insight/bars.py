"""Class probabilities as bars; the true class has a tick, and the most probable ones are shown where room is short."""

from __future__ import annotations

from math import ceil

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.core.errors import printable
from workbench.gui.widgets.bar_columns import GAP, LEAST_BAR, BarColumns, in_lines
from workbench.gui.widgets.labels import plain_tip
from workbench.gui.widgets.theme import Theme

ROW, TALL_ROW = 17, 30  # names of one line, and of two
FEW = 5  # so many rows there must be room for, if they are to be tall
LEAST_NAME = 30  # so much of a name is seen in the narrowest panel
WIDEST = 300
BAR = 9.0

Shares = tuple[tuple[str, float], ...]


class ClassBars(QWidget):
    """One bar for each class, as many as there is room for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shares: Shares = ()
        self._true: frozenset[str] = frozenset()
        self.setAccessibleName("Class probabilities")
        self.setMinimumHeight(2 * ROW)
        self._set_least()
        self.setMaximumWidth(WIDEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _set_least(self) -> None:
        self.setMinimumWidth(round(self._percent + LEAST_BAR + LEAST_NAME + 2 * GAP))

    @property
    def whole_width(self) -> int:
        """The width in which every name that is drawn stands whole in a line, as far as bars are ever that wide."""
        return min(WIDEST, ceil(self._widest_name + LEAST_BAR + self._percent + 2 * GAP))

    @property
    def _widest_name(self) -> float:
        metrics = QFontMetrics(self._bold())
        return 2.0 + max((metrics.horizontalAdvance(f"✓ {name}") for name, _ in self._shares), default=0)

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    @property
    def _percent(self) -> float:
        """The room that every figure has, also in bold."""
        return float(QFontMetrics(self._bold()).horizontalAdvance("100.0%") + 2)

    @property
    def columns(self) -> BarColumns:
        """How the width is shared."""
        metrics = QFontMetrics(self._bold())
        widest = max((metrics.horizontalAdvance(f"✓ {name}") for name, _ in self._rows_of(ROW)), default=0)
        return BarColumns.of(self.width(), widest_name=widest + 2.0, figures=self._percent)

    @property
    def row_height(self) -> int:
        """How high a row is: names that are too long for one line have two, where that leaves room for a few rows."""
        names, metrics = self.columns.names, QFontMetrics(self._bold())
        is_long = any(metrics.horizontalAdvance(f"✓ {name}") > names + 2 for name, _ in self._rows_of(ROW))
        return TALL_ROW if is_long and self.height() >= TALL_ROW * min(FEW, len(self._shares)) else ROW

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self._theme = theme
        self.update()

    def show_shares(self, shares: Shares, *true: str) -> None:
        """Shows names with probabilities, in the order of the classes; the true ones have a tick."""
        self._shares = tuple((printable(name), share) for name, share in shares)
        self._true = frozenset(printable(name) for name in true if name)
        best = max(shares, key=lambda row: row[1], default=("", 0.0))
        text = f"{printable(best[0])} {best[1]:.1%}" if shares else ""
        it_is = ", ".join(name for name, _ in self._shares if name in self._true)
        self.setAccessibleDescription(f"{text}, it is {it_is}" if it_is and text else text)
        self.updateGeometry()
        self.update()

    @property
    def rows(self) -> Shares:
        """What is drawn: every class in its order, or where room is short the best ones, and the true one with them."""
        return self._rows_of(self.row_height)

    def _rows_of(self, height: int) -> Shares:
        room = max(1, self.height() // height)
        if len(self._shares) <= room:
            return self._shares
        ranked = sorted(self._shares, key=lambda row: -row[1])
        kept = ranked[:room]
        true = next((row for row in ranked[room:] if row[0] in self._true), None)
        return (*kept[:-1], true) if true is not None else tuple(kept)

    @property
    def shares(self) -> Shares:
        """Every class with its probability, in the order of the classes."""
        return self._shares

    def row_at(self, y: int) -> tuple[str, float] | None:
        """Returns the class whose bar is at that height, with its probability."""
        number, rows = y // self.row_height, self.rows
        return rows[number] if 0 <= number < len(rows) else None

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        best = max((share for _, share in self._shares), default=0.0)
        columns, height = self.columns, self.row_height
        for number, (name, share) in enumerate(self.rows):
            row = QRectF(0, number * height, self.width(), height)
            self._draw_row(painter, row, columns, (name, share), share == best)
        painter.end()

    def _draw_row(
        self, painter: QPainter, row: QRectF, columns: BarColumns, entry: tuple[str, float], is_best: bool
    ) -> None:
        (name, share), names = entry, columns.names
        theme, is_true = self._theme, name in self._true
        font = QFont(self.font())
        font.setBold(is_true)
        painter.setFont(font)
        painter.setPen(QColor(theme.text if is_true or is_best else theme.faint))
        middle = Qt.AlignmentFlag.AlignVCenter
        lines = in_lines(painter.fontMetrics(), f"✓ {name}" if is_true else name, names, 2 if row.height() > ROW else 1)
        right = middle | Qt.AlignmentFlag.AlignRight
        painter.drawText(QRectF(row.left(), row.top(), names, row.height()), int(right), "\n".join(lines))
        track = QRectF(columns.bar_left(), row.top() + (row.height() - BAR) / 2, columns.bar, BAR)
        painter.fillRect(track, QColor(theme.field if theme.name == "dark" else theme.grid))
        bar = QRectF(track.left(), track.top(), track.width() * share, track.height())
        painter.fillRect(bar, QColor(theme.good if is_true else theme.accent if is_best else theme.faint))
        place = QRectF(row.right() - columns.figures, row.top(), columns.figures, row.height())
        painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, f"{share:.1%}")

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._set_least()  # figures of the new font are whole too

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent):
            row = self.row_at(event.pos().y())
            if row is not None:
                name, share = row
                text = f"{name}: {share:.4%}" + (" – true" if name in self._true else "")
                QToolTip.showText(event.globalPos(), plain_tip(text), self)
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        return QSize(180, ROW * max(2, min(10, len(self._shares))))
