"""What a test reads of the table of runs."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QAbstractItemModel, QModelIndex, Qt

from workbench.gui.training.runs_table import RunsTable


def model_of(runs: RunsTable) -> QAbstractItemModel:
    """Returns what the table shows."""
    model = runs.table.model()
    assert model is not None
    return model


def row_count(runs: RunsTable) -> int:
    """Returns how many runs are shown."""
    return model_of(runs).rowCount()


def place(runs: RunsTable, row: int, column: int) -> QModelIndex:
    """Returns a cell."""
    return model_of(runs).index(row, column)


def cell(runs: RunsTable, row: int, column: int, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> Any:
    """Returns what a cell says."""
    return place(runs, row, column).data(role)


def headers(runs: RunsTable, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> list[Any]:
    """Returns what stands above the columns."""
    model = model_of(runs)
    return [model.headerData(column, Qt.Orientation.Horizontal, role) for column in range(model.columnCount())]
