"""Fixes for a network without a loss: the loss that goes with what it gives, and the Target to compare that with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.core.edits import AddEdge, AddNode, CompositeGraphEdit, GraphEdit
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.graph_edits import STEP, free_place, new_id
from workbench.core.names import free_name
from workbench.core.values import Json, Value
from workbench.layers.base_loss import Loss
from workbench.layers.spec import ShapeError, check_kind, find, first_name
from workbench.model.mending import MOST_OFFERED, Fix
from workbench.model.shapes import Shapes, infer
from workbench.model.wire_fixes import answer_settings


def loss_fixes(graph: Graph, shapes: Shapes) -> list[Fix]:
    """The fixes that add a loss: for classes behind scores, for masks behind those of pixels, else for pictures.

    Args:
        graph: a network without a loss and without faults.
        shapes: its shapes.
    """
    ends = [(port, value) for port, value in shapes.values.items() if _is_loose(graph, shapes, port)]
    brought = [value.shape for port, value in shapes.values.items() if shapes.layers[port.node].data_field]
    scores = [(port, value, "CrossEntropyLoss") for port, value in ends if value.kind == "vector"]
    pictures = [(port, value, "MSELoss") for port, value in ends if value.kind == "map" and value.shape in brought]
    masks = [
        (port, value, "CrossEntropyLoss")
        for port, value in ends
        if value.kind == "map" and value.channels > 1 and value.shape not in brought
        and any(shape[-len(value.spatial) :] == value.spatial for shape in brought)
    ]  # fmt: skip
    rows = [*scores, *pictures, *masks][:MOST_OFFERED]
    single = [_loss_behind(graph, shapes, *row) for row in rows]
    return [_behind_all(graph, rows), *single] if len(rows) > 1 else single


def _behind_all(graph: Graph, rows: Sequence[tuple[Port, Value, str]]) -> Fix:
    """The edit that adds a loss behind each of several ends."""
    edits: list[GraphEdit] = []
    for row in rows:
        fix = _loss_behind(graph, infer(graph), *row)
        assert isinstance(fix.edit, CompositeGraphEdit)
        graph = fix.edit.apply(graph)
        edits += fix.edit.edits
    text = f"Add a loss behind {' and '.join(graph.nodes[port.node].name for port, _, _ in rows)}"
    return Fix(text, CompositeGraphEdit(tuple(edits), text))


def _is_loose(graph: Graph, shapes: Shapes, port: Port) -> bool:
    """Whether nothing is wired to the node of an output that the network computes."""
    layer = shapes.layers[port.node]
    return not graph.outgoing[port.node] and not layer.data_field and port.name == layer.output_ports[0]


def _loss_behind(graph: Graph, shapes: Shapes, port: Port, value: Value, kind: str) -> Fix:
    """The edit that adds a loss, and the Target that it needs if none is there that nothing uses."""
    before = graph.nodes[port.node]
    cls = find(kind)
    assert cls is not None
    assert issubclass(cls, Loss)
    names = list(graph.by_name)
    place = free_place(graph, (before.position[0] + STEP[0], before.position[1]))
    loss = Node(new_id(graph), free_name(first_name(kind).rstrip("1"), names), kind, position=place)
    steps: list[GraphEdit] = [AddNode(loss), AddEdge(Edge(port, Port(loss.id, "prediction")))]
    source = _free_target(graph, shapes, cls(), value)
    if source is None:
        target = _new_target(steps[0].apply(graph), before, _settings(shapes, cls(), value))
        steps.insert(0, AddNode(target))
        source = Port(target.id, "y")
    steps.append(AddEdge(Edge(source, Port(loss.id, "target"))))
    text = f"Add {'an' if kind[0] in 'AEIOM' else 'a'} {kind} behind {before.name}"
    return Fix(text, CompositeGraphEdit(tuple(steps), text))


def _free_target(graph: Graph, shapes: Shapes, loss: Loss, prediction: Value) -> Port | None:
    """What a Target gives that nothing uses and that a loss can compare a prediction with."""
    port = next(port for port in loss.inputs if port.name == "target")
    for id_, layer in shapes.layers.items():
        value = shapes.values.get(Port(id_, "y"))
        if graph.nodes[id_].layer != "Target" or graph.outgoing[id_] or value is None or not layer.data_field:
            continue
        try:
            check_kind(port, "target", value)
            loss.outputs(prediction, value)
        except ShapeError:
            continue
        return Port(id_, "y")
    return None


def _settings(shapes: Shapes, loss: Loss, prediction: Value) -> Mapping[str, Json]:
    """Settings of a new Target: the picture again, or a class; which classes there are is for the data to say."""
    return answer_settings(shapes, loss, prediction) if prediction.kind == "map" else {}


def _new_target(graph: Graph, before: Node, settings: Mapping[str, Json]) -> Node:
    place = free_place(graph, (before.position[0], before.position[1] + STEP[1]))
    return Node(new_id(graph), free_name(first_name("Target"), list(graph.by_name)), "Target", settings, position=place)
