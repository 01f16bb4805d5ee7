"""A `Value` for every port, or a `Fault` for the node where it goes wrong: plain arithmetic, no torch.

What follows from a graph that came of another one by an edit begins at the nodes that the edit changed, and goes on
down the flow until values are equal again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import cast

from workbench.core.difference import Difference, difference
from workbench.core.flow import follow
from workbench.core.graph import Graph, Node, Port
from workbench.core.values import Shape, Value, shape_text
from workbench.layers.spec import Layer, ShapeError, SuggestParam
from workbench.model.node_shapes import Fault, NodeShapes, node_shapes

MEMO = "shapes"  # their place in Graph.memo
FIRST = "shapes without regard to shared weights"


@dataclass
class Shapes:
    """What inference found, in the order of the flow.

    Attributes:
        layers: node id → its layer with checked settings; absent where layer or settings are wrong.
        inputs: node id → the values that come in, in the order of its ports; absent where one is unknown.
        values: output port → its value.
        faults: node id → what is wrong there. Nodes behind a fault have neither values nor faults.
        nodes: all of this by node id; the same object as before an edit where nothing of it is another.
    """

    layers: dict[str, Layer] = field(default_factory=dict)
    inputs: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    values: dict[Port, Value] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    nodes: dict[str, NodeShapes] = field(default_factory=dict)


@dataclass(frozen=True)
class _Known:
    """What was found before.

    Attributes:
        graph: of which graph.
        shapes: what.
        keeps_order: whether the nodes are the same as now, in the same order.
    """

    graph: Graph
    shapes: Shapes
    keeps_order: bool


def infer(graph: Graph) -> Shapes:
    """Returns the shapes of the whole graph, which are computed once for each graph; nobody may change them.

    Raises:
        GraphError: the wires go round in a circle.
    """
    if MEMO not in graph.memo:
        first = _inferred(graph)
        sharing = [
            node for node in graph if node.share_with and node.id in first.inputs and node.id not in first.faults
        ]
        refused = {node.id: error for node in sharing if (error := _sharing_error(graph, node, first))}
        shapes = _followed(graph, _Known(graph, first, keeps_order=True), refused, refused) if refused else first
        graph.memo.update({FIRST: first, MEMO: shapes})
    return cast(Shapes, graph.memo[MEMO])


def _inferred(graph: Graph) -> Shapes:
    """The shapes in one pass from the inputs on, or from where the graph differs from the one before it."""
    before = graph.last_with(FIRST)
    if before is None:
        return _followed(graph, _Known(Graph(), Shapes(), keeps_order=False), graph.nodes)
    change = difference(before, graph)
    known = _Known(before, cast(Shapes, before.memo[FIRST]), change.keeps_order)
    return _followed(graph, known, _begin(before, graph, change))


def _begin(before: Graph, graph: Graph, change: Difference) -> set[str]:
    """Where to begin: at what is another, and right behind it where messages name it otherwise."""
    told = [id_ for id_ in change.nodes if _is_told_otherwise(before.nodes.get(id_), graph.nodes[id_])]
    behind = (edge.target.node for id_ in told for edge in graph.outgoing[id_])
    return {*change.nodes, *change.coming, *behind}


def _is_told_otherwise(before: Node | None, now: Node) -> bool:
    """Whether messages at the nodes behind one may be others, though it gives the same."""
    return before is None or (before.name, before.bypass) != (now.name, now.bypass)


def _followed(
    graph: Graph, known: _Known, begin: Iterable[str], refused: Mapping[str, ShapeError] = MappingProxyType({})
) -> Shapes:
    """What was found before, with all that follows from other nodes.

    Args:
        graph: the network.
        known: what was found before.
        begin: ids of the nodes that may give something else.
        refused: nodes that have these errors, whatever their shapes.
    """
    order, old = graph.order, known.shapes.nodes
    nodes = dict(old) if known.keeps_order else {id_: old[id_] for id_ in order if id_ in old}
    changed: list[str] = []

    def update(id_: str) -> bool:
        before, found = old.get(id_), _found(graph, id_, nodes, known)
        if id_ in refused and found.fault is None:
            found = NodeShapes(found.layer, found.inputs, fault=Fault(refused[id_]))
        if found.is_as(before):
            return False
        nodes[id_] = found
        changed.append(id_)
        return not found.looks_as(before)

    follow(graph, begin, update)
    if known.keeps_order and not any(_has_other_keys(old[id_], nodes[id_]) for id_ in changed):
        return _patched(known.shapes, nodes, changed)
    return _gathered({id_: nodes[id_] for id_ in order})


def _found(graph: Graph, id_: str, nodes: Mapping[str, NodeShapes], known: _Known) -> NodeShapes:
    """What is found at a node now; settings are checked once for each object that holds them."""
    node, past = graph.nodes[id_], known.graph.nodes.get(id_)
    if past is None or past.layer != node.layer:
        return node_shapes(graph, node, nodes)
    found = known.shapes.nodes[id_]
    has_same_wires = known.graph.incoming[id_] is graph.incoming[id_]
    return node_shapes(
        graph, node, nodes, found.layer if past.params is node.params else None, found.wires if has_same_wires else None
    )


def _has_other_keys(before: NodeShapes, now: NodeShapes) -> bool:
    return (
        (before.layer is None) != (now.layer is None)
        or (before.inputs is None) != (now.inputs is None)
        or (before.fault is None) != (now.fault is None)
        or list(before.outputs) != list(now.outputs)
    )


def _patched(known: Shapes, nodes: dict[str, NodeShapes], changed: Iterable[str]) -> Shapes:
    """The shapes where some nodes have others, but of the same kind at the same ports."""
    shapes = Shapes(dict(known.layers), dict(known.inputs), dict(known.values), dict(known.faults), nodes)
    for id_ in changed:
        _put(shapes, id_, nodes[id_])
    return shapes


def _gathered(nodes: dict[str, NodeShapes]) -> Shapes:
    """The shapes of nodes that come in the order of the flow."""
    shapes = Shapes(nodes=nodes)
    for id_, found in nodes.items():
        _put(shapes, id_, found)
    return shapes


def _put(shapes: Shapes, id_: str, found: NodeShapes) -> None:
    if found.layer is not None:
        shapes.layers[id_] = found.layer
    if found.inputs is not None:
        shapes.inputs[id_] = found.inputs
    if found.fault is not None:
        shapes.faults[id_] = found.fault
    for name, value in found.outputs.items():
        shapes.values[Port(id_, name)] = value


def _sharing_error(graph: Graph, node: Node, shapes: Shapes) -> ShapeError | None:
    """Why a node cannot use the weights of the node that it names; None if it can."""
    owner, ours = graph.nodes.get(node.share_with), shapes.layers[node.id]
    if owner is None or owner.share_with or owner.layer != node.layer or not ours.trains:
        what = f"{owner.name}, a {owner.layer}" if owner else "a node that is not there"
        also = " that shares weights itself" if owner and owner.share_with else ""
        needed = f"a {node.layer} with weights of its own" if ours.trains else "no sharing: it has no weights"
        message = f"shares the weights of {what}{also}; there must be {needed}."
        return ShapeError(message, port="", found=owner.name if owner else "nothing", needed=needed)
    theirs = shapes.layers.get(owner.id)
    if theirs is None or owner.id not in shapes.inputs:
        return None  # the owner's own fault is reported
    for name in type(ours).model_fields:
        here, there = getattr(ours, name), getattr(theirs, name)
        if here != there:
            return ShapeError(
                f"shares the weights of {owner.name}, so its settings must be the same, but {name} is {here} here and "
                f"{there} there.",
                port="",
                found=f"{name} {here}",
                needed=f"{name} {there}",
                fixes=(SuggestParam(name, there),),
            )
    found = _weights_text(theirs.parameters(*shapes.inputs[owner.id]))
    needed = _weights_text(ours.parameters(*shapes.inputs[node.id]))
    if found == needed:
        return None
    message = f"shares the weights of {owner.name}, which has {found}, but needs {needed}."
    return ShapeError(message, port="", found=found, needed=needed)


def _weights_text(weights: Mapping[str, Shape]) -> str:
    """Weights for people: `weight 6×1×5×5, bias 6`."""
    return ", ".join(f"{name} {shape_text(shape)}" for name, shape in weights.items()) or "no weights"
