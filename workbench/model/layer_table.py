"""The table of a network's layers: what each gives, costs and sees."""

from __future__ import annotations

from collections.abc import Callable

from workbench.core.graph import Graph, Port
from workbench.core.values import Json, bytes_text

HEADINGS = ("node", "layer", "output", "parameters", "MACs", "memory", "receptive field")
NUMBERS_FROM = 2  # the first column of numbers


def layer_rows(graph: Graph) -> list[dict[str, Json]]:
    """Returns a row for each node, in the order of the flow, with plain values."""
    from workbench.model.cost import Cost, costs
    from workbench.model.receptive_fields import receptive_fields
    from workbench.model.shapes import infer

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
    return rows


def totals(graph: Graph) -> dict[str, int]:
    """Returns parameters, multiply-adds and memory of the whole network."""
    from workbench.model.cost import costs, total

    return total(costs(graph).values())


def cells_of(row: dict[str, Json], memory: Callable[[int], str] = bytes_text) -> list[str]:
    """Returns a row as texts, one for each of `HEADINGS`.

    Args:
        row: as `layer_rows` has it.
        memory: writes bytes.
    """
    output = "×".join(map(str, row["output"])) if row["output"] else "–"
    numbers = [f"{row['parameters']:,}", f"{row['macs']:,}", memory(row["memory"])]
    return [row["name"], row["layer"], "problem" if row["problem"] else output, *numbers, _field_text(row)]


def cells_of_totals(sums: dict[str, int], memory: Callable[[int], str] = bytes_text) -> list[str]:
    """Returns the last row as texts; `memory` writes bytes."""
    return ["total", "", "", f"{sums['parameters']:,}", f"{sums['macs']:,}", memory(sums["memory"]), ""]


def _field_text(row: dict[str, Json]) -> str:
    """The receptive field, or that everything is seen."""
    field = row["receptive_field"]
    if field is None:
        return "all" if row["output"] else "–"
    return "×".join(map(str, field["size"])) or "–"
