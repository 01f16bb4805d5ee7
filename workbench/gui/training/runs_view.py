"""The rows of runs as Qt shows them: whole rows are selected, and a click on a column sorts by it."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from workbench.gui.training.runs_model import RunsModel

MEASURED_ROWS = 50  # so many rows say how wide a column is


class RunsView(QTableView):
    """A table of runs; a click on a column sorts by it, a second one the other way round, a third one not at all."""

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName("Runs")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        assert rows is not None
        assert columns is not None
        self._columns = columns
        rows.hide()
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)  # measured once, when all rows are there
        columns.setResizeContentsPrecision(MEASURED_ROWS)
        columns.setStretchLastSection(True)
        columns.setHighlightSections(False)
        columns.setSortIndicatorClearable(True)
        columns.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)  # newest first
        self.setSortingEnabled(True)

    def show_arrow(self, column: int) -> None:
        """Puts the arrow over the column that is sorted by, which may stand elsewhere than before; -1 takes it away."""
        columns = self._columns
        if columns.sortIndicatorSection() != column:
            columns.blockSignals(True)
            columns.setSortIndicator(column, columns.sortIndicatorOrder())
            columns.blockSignals(False)
