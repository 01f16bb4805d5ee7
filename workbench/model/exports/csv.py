"""The table of layers for spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import ClassVar

from workbench.model.exports.base_table import TableExporter
from workbench.model.exports.spec import exporter


@exporter(name="csv", title="Table of layers (CSV)", suffix=".csv")
class Csv(TableExporter):
    """Writes a line for each layer: what it gives, its parameters, multiply-adds, memory and receptive field."""

    in_bytes: ClassVar[bool] = True

    @classmethod
    def text(cls, headings: tuple[str, ...], rows: list[list[str]], last: list[str]) -> str:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows([_plain(cell) for cell in row] for row in [*rows, last])
        return buffer.getvalue()


def _plain(cell: str) -> str:
    """A cell that spreadsheets read: numbers without separators of thousands, and nothing that begins a formula."""
    number = cell.replace(",", "")
    if number.isdecimal():
        return number
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell
