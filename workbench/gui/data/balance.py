"""How many samples of each class there are, as bars, for each split."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QEvent, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QToolTip, QWidget

from workbench.core.errors import printable
from workbench.data.factor_text import is_grouped
from workbench.data.spec import FACTOR, SPLITS, Dataset
from workbench.gui.data.reading import label_field
from workbench.gui.widgets.bar_columns import GAP, BarColumns, shortened
from workbench.gui.widgets.labels import plain_tip
from workbench.gui.widgets.theme import Theme

ROW, MOST_ROWS = 19.0, 1000
COLOURS = {"train": "#4d8df5", "validation": "#f0902e", "test": "#2fae7a"}


class ClassBalance(QWidget):
    """A bar for each class, in pieces for train, validation and test."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.rows: list[tuple[str, dict[str, int]]] = []
        self.setAccessibleName("Class balance")

    def show_dataset(self, dataset: Dataset | None) -> None:
        """Counts the classes of a data set, or the samples in whose batches each factor varies."""
        self.rows = []
        label = label_field(dataset) if dataset is not None else ""
        if dataset is not None and label:
            classes = dataset.fields[label].classes
            counts = {
                split: np.bincount(arrays[label], minlength=len(classes))
                for split, arrays in dataset.splits.items()
                if label != FACTOR or is_grouped(dataset, split)
            }
            number = max((len(each) for each in counts.values()), default=0)
            names = classes or tuple(map(str, range(number)))
            self.rows = [
                (printable(name), {split: int(counts[split][i]) for split in SPLITS if split in counts})
                for i, name in enumerate(names[:MOST_ROWS])
            ]
        self.setMinimumSize(QSize(160, int(ROW * (len(self.rows) + 1)) + 8))
        self.setAccessibleDescription("; ".join(self.describe(row) for row in range(min(len(self.rows), 50))))
        self.update()

    def describe(self, row: int) -> str:
        """A row in words."""
        name, counts = self.rows[row]
        return f"{name}: {', '.join(f'{count:,} {split}' for split, count in counts.items())}"

    @property
    def columns(self) -> BarColumns:
        """How the width is shared."""
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(name) for name, _ in self.rows), default=0)
        totals = [f"{sum(counts.values()):,}" for _, counts in self.rows]
        figures = max(map(metrics.horizontalAdvance, totals), default=0)
        return BarColumns.of(self.width(), widest_name=widest + 2.0, figures=figures + 2.0)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        metrics, columns = painter.fontMetrics(), self.columns
        left = columns.bar_left()
        most = max((sum(counts.values()) for _, counts in self.rows), default=1) or 1
        for number, (name, counts) in enumerate(self.rows):
            y = number * ROW
            painter.setPen(QColor(self.theme.text))
            text = shortened(metrics, name, columns.names)
            painter.drawText(QRectF(0, y, columns.names, ROW), Qt.AlignmentFlag.AlignVCenter, text)
            x = left
            for split, count in counts.items():
                width = columns.bar * count / most
                painter.fillRect(QRectF(x, y + 4, max(width - 1, 0), ROW - 8), QColor(COLOURS[split]))
                x += width
            painter.setPen(QColor(self.theme.faint))
            total = f"{sum(counts.values()):,}"
            painter.drawText(QRectF(x + GAP, y, columns.figures, ROW), Qt.AlignmentFlag.AlignVCenter, total)
        self._paint_legend(painter, len(self.rows) * ROW)
        painter.end()

    def _paint_legend(self, painter: QPainter, y: float) -> None:
        x = 0.0
        for split in self.rows[0][1] if self.rows else ():
            painter.fillRect(QRectF(x, y + 6, 9, 9), QColor(COLOURS[split]))
            painter.setPen(QColor(self.theme.faint))
            painter.drawText(QRectF(x + 13, y, 90, ROW), Qt.AlignmentFlag.AlignVCenter, split)
            x += 24 + painter.fontMetrics().horizontalAdvance(split)

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent):
            row = int(event.pos().y() / ROW)
            text = self.describe(row) if row < len(self.rows) else ""
            QToolTip.showText(event.globalPos(), plain_tip(text), self)
            return True
        return super().event(event)
