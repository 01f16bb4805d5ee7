"""Edits that put a new layer on the canvas: behind the selected node and wired to it where it fits."""

from __future__ import annotations

from workbench.core.drawing import STEP, new_id
from workbench.core.edits import AddEdge, AddNode, GraphEdit, RemoveEdge, Several
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.names import free_name
from workbench.layers.spec import find
from workbench.model.shapes import Shapes

SHORT = {
    "Conv1d": "conv", "Conv2d": "conv", "ConvTranspose2d": "deconv", "MaxPool2d": "pool", "AvgPool2d": "pool",
    "AdaptiveAvgPool2d": "pool", "BatchNorm1d": "bn", "BatchNorm2d": "bn", "Linear": "fc", "Input": "image",
    "Target": "label", "CrossEntropyLoss": "loss", "MSELoss": "loss", "MaxUnpool2d": "unpool",
}  # fmt: skip


def added(
    graph: Graph, shapes: Shapes, layer: str, behind: str, place: tuple[float, float] | None
) -> tuple[Several, str]:
    """The edit that adds a layer, and the id of the new node.

    Args:
        graph: as it is.
        shapes: its shapes.
        layer: which layer.
        behind: id of the node to wire it to, or "".
        place: where on the canvas; beside the node before it if None.
    """
    cls = find(layer)
    assert cls is not None
    stem = SHORT.get(layer, layer.lower())
    others = list(graph.by_name)
    name = free_name(stem if stem[-1].isdigit() or layer in ("Input", "Target") else f"{stem}1", others)
    before = graph.nodes.get(behind)
    source = _source(shapes, behind) if before and cls.inputs else None
    if place is None:
        place = (before.position[0] + STEP[0], before.position[1]) if before else (0.0, 0.0)
    node = Node(new_id(graph), name, layer, position=(float(round(place[0])), float(round(place[1]))))
    edits: list[GraphEdit] = [AddNode(node)]
    if source is not None:
        edits += _rewired(graph, source, node, cls.output_ports[0] if cls.output_ports else "")
    return Several(tuple(edits), f"Add {name}"), node.id


def _source(shapes: Shapes, behind: str) -> Port | None:
    layer = shapes.layers.get(behind)
    return Port(behind, layer.output_ports[0]) if layer and layer.output_ports and not layer.is_loss else None


def _rewired(graph: Graph, source: Port, node: Node, output: str) -> list[GraphEdit]:
    """The wire into the new node, and, if one single wire left the node before it, that wire from the new node on."""
    cls = find(node.layer)
    assert cls is not None
    first = cls.inputs[0]
    end = Port(node.id, f"{first.name}.0" if first.variadic else first.name)
    edits: list[GraphEdit] = []
    leaving = [edge for edge in graph.edges if edge.source == source]
    if len(leaving) == 1 and output and not cls.is_loss:
        at = graph.edges.index(leaving[0])
        edits.append(RemoveEdge(leaving[0], at))
        edits.append(AddEdge(Edge(source, end), at))
        edits.append(AddEdge(Edge(Port(node.id, output), leaving[0].target), at + 1))
    else:
        edits.append(AddEdge(Edge(source, end), len(graph.edges)))
    return edits
