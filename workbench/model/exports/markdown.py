"""The table of layers for notes and web pages."""

from __future__ import annotations

from workbench.model.exports.base_table import TableExporter
from workbench.model.exports.spec import exporter
from workbench.model.layer_table import NUMBERS_FROM


@exporter(name="markdown", title="Table of layers (Markdown)", suffix=".md")
class Markdown(TableExporter):
    """Writes the table of layers as Markdown, numbers to the right."""

    @classmethod
    def text(cls, headings: tuple[str, ...], rows: list[list[str]], last: list[str]) -> str:
        sides = ["---" if number < NUMBERS_FROM else "---:" for number in range(len(headings))]
        bold = [f"**{cell}**" if cell else "" for cell in last]
        lines = [headings, sides, *rows, bold]
        return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)
