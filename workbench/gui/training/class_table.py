"""What a confusion matrix says of each class, as a table that sorts by a click on a heading."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from workbench.core.errors import printable
from workbench.gui.widgets.labels import plain_tip
from workbench.training.class_figures import ClassFigures

HEADINGS = (
    ("Class", "Name of the class"),
    ("Samples", "How many there are of it"),
    ("Precision", "How many of those that were taken for it are of it"),
    ("Recall", "How many of those that are of it were taken for it"),
    ("F1", "Harmonic mean of precision and recall: 2·P·R / (P + R)"),
    ("IoU", "Pixels that are of it and were taken for it, of those that are either"),
)
PIXELS, DICE, IOU = "Pixels", "Dice (F1)", 5
LEAST_HEIGHT = 96


class Figure(QTableWidgetItem):
    """A cell that sorts by a number; what has none comes last where small numbers come first."""

    def __init__(self, value: float | None, text: str) -> None:
        super().__init__(text)
        self.value = float("inf") if value is None else value
        self.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def __lt__(self, other: QTableWidgetItem) -> bool:
        return self.value < other.value if isinstance(other, Figure) else super().__lt__(other)


class ClassTable(QTableWidget):
    """A row for each class; how it is sorted stays when the figures change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(HEADINGS), parent)
        self.setAccessibleName("Figures of each class")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setMinimumHeight(LEAST_HEIGHT)
        for column, (text, tip) in enumerate(HEADINGS):
            item = QTableWidgetItem(text)
            item.setToolTip(plain_tip(tip))
            self.setHorizontalHeaderItem(column, item)
        rows, header = self.verticalHeader(), self.horizontalHeader()
        assert rows is not None
        assert header is not None
        rows.hide()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        self.setSortingEnabled(True)
        self.hide()

    def show_figures(self, figures: Sequence[ClassFigures], *, is_of_pixels: bool = False) -> None:
        """Shows other figures; none hide the table.

        Args:
            figures: of each class.
            is_of_pixels: whether pixels of masks were counted.
        """
        self.setSortingEnabled(False)
        for column, text in ((1, PIXELS if is_of_pixels else HEADINGS[1][0]), (4, DICE if is_of_pixels else "F1")):
            item = self.horizontalHeaderItem(column)
            assert item is not None
            item.setText(text)
        self.setColumnHidden(IOU, not is_of_pixels)
        self.setRowCount(len(figures))
        for row, each in enumerate(figures):
            self.setItem(row, 0, QTableWidgetItem(printable(each.name)))
            self.setItem(row, 1, Figure(each.samples, f"{each.samples:,}"))
            for column, share in enumerate((each.precision, each.recall, each.f1, each.iou), start=2):
                self.setItem(row, column, Figure(share, "–" if share is None else f"{share:.1%}"))
        self.setSortingEnabled(True)
        self.setVisible(bool(figures))
