"""`summary`: what each layer gives and costs."""

from __future__ import annotations

from pathlib import Path

from workbench.cli.tables import print_table
from workbench.core import strict_json
from workbench.core.graph import Port
from workbench.core.values import Json, bytes_text
from workbench.model.cost import Cost, costs, total
from workbench.model.receptive_fields import receptive_fields
from workbench.model.shapes import infer
from workbench.project import storage


def run(file: Path, *, as_json: bool) -> int:
    """Prints the table.

    Raises:
        WorkbenchError: the file cannot be read.
    """
    graph = storage.load(file).graph
    shapes = infer(graph)
    found, fields = costs(graph), receptive_fields(graph)
    rows: list[dict[str, Json]] = []
    for id_ in graph.order:
        node = graph.nodes[id_]
        layer = shapes.layers.get(id_)
        port = Port(id_, layer.output_ports[0]) if layer and layer.output_ports else None
        value = shapes.values.get(port) if port else None
        row: dict[str, Json] = {"name": node.name, "layer": node.layer, "output": list(value.shape) if value else None}
        row |= found.get(id_, Cost(0, 0, 0)).as_json()
        field = fields.get(id_)
        row["receptive_field"] = field.as_json() if field is not None else None
        row["problem"] = f"{node.name}: {shapes.faults[id_].error}" if id_ in shapes.faults else None
        rows.append(row)
    sums = total(found.values())
    if as_json:
        print(strict_json.printed({"nodes": rows, "total": sums}), flush=True)
    else:
        print_rows(rows, sums)
    return 0


def print_rows(rows: list[dict[str, Json]], sums: dict[str, int]) -> None:
    """Prints the rows for people."""
    cells: list[list[str] | None] = []
    for row in rows:
        output = "×".join(map(str, row["output"])) if row["output"] else "–"
        numbers = [f"{row['parameters']:,}", f"{row['macs']:,}", bytes_text(row["memory"])]
        cells.append([row["name"], row["layer"], "problem" if row["problem"] else output, *numbers, field_text(row)])
    totals = [f"{sums['parameters']:,}", f"{sums['macs']:,}", bytes_text(sums["memory"])]
    cells += [None, ["total", "", "", *totals, ""]]
    print_table(("node", "layer", "output", "parameters", "MACs", "memory", "receptive field"), cells, numbers_from=2)
    print("\nFor one sample; memory is that of the outputs; the receptive field is counted in pixels of the input.")


def field_text(row: dict[str, Json]) -> str:
    """The receptive field, or that everything is seen."""
    field = row["receptive_field"]
    if field is None:
        return "all" if row["output"] else "–"
    return "×".join(map(str, field["size"])) or "–"
