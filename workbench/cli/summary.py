"""`summary`: what each layer gives and costs."""

from __future__ import annotations

from pathlib import Path

from workbench.cli.tables import print_table
from workbench.core import strict_json
from workbench.model.layer_table import HEADINGS, NUMBERS_FROM, cells_of, cells_of_totals, layer_rows, totals
from workbench.project import storage


def run(file: Path, *, as_json: bool) -> int:
    """Prints the table.

    Raises:
        WorkbenchError: the file cannot be read.
    """
    graph = storage.load(file).graph
    rows, sums = layer_rows(graph), totals(graph)
    if as_json:
        print(strict_json.printed({"nodes": rows, "total": sums}), flush=True)
        return 0
    cells: list[list[str] | None] = [*map(cells_of, rows), None, cells_of_totals(sums)]
    print_table(HEADINGS, cells, numbers_from=NUMBERS_FROM)
    print("\nFor one sample; memory is that of the outputs; the receptive field is counted in pixels of the input.")
    return 0
