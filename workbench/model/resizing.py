"""The same network for pictures of another size: layers that slide over a picture take any, a few do not."""

from __future__ import annotations

from dataclasses import replace

from workbench.core.errors import UsageError
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.values import Shape, shape_text
from workbench.model.plan import make_plan
from workbench.model.shapes import infer

RESULT = "result"


def resized(graph: Graph, port: Port, size: Shape) -> Graph:
    """What leads to a port, for pictures of another height and width; the port is its only result, `RESULT`.

    Args:
        graph: the network, with sound shapes.
        port: what is wanted of it.
        size: height and width of the pictures that come in.

    Raises:
        UsageError: it takes no picture, or a layer on the way is made for the network's own size.
    """
    part = _leading_to(graph, port)
    before = infer(part)
    plan = make_plan(part, "predict")
    inputs = [step for step in plan.steps if step.field]
    shapes = {before.values[Port(step.node.id, step.outputs[0])].shape for step in inputs}
    if len(plan.fields) != 1 or len(shapes) != 1:
        raise UsageError("Only a network that takes one picture, and nothing else, can take one of another size.")
    (shape,) = shapes
    if len(shape) != 3:
        raise UsageError(f"The network takes {shape_text(shape)}, which is no picture.")
    for step in inputs:
        part = part.with_node(replace(step.node, params={**step.node.params, "shape": [shape[0], *size]}))
    after = infer(part)
    for id_ in part.order:
        name, fault = part.nodes[id_].name, after.faults.get(id_)
        if fault is not None:
            raise UsageError(f"At {shape_text(size)} pixels {name} {fault.error}")
        layer = before.layers[id_]
        if layer.parameters(*before.inputs[id_]) != layer.parameters(*after.inputs[id_]):
            own, other = shape_text(shape[1:]), shape_text(size)
            raise UsageError(f"{name} has weights for pictures of {own} pixels alone, so none of {other} can be taken.")
    return part


def _leading_to(graph: Graph, port: Port) -> Graph:
    """The nodes that a port needs, with those whose weights they use, and an Output behind it."""
    kept, found = frozenset[str](), frozenset({port.node})
    while found != kept:
        kept = found | graph.ancestors(found)
        found = kept | {graph.nodes[id_].share_with for id_ in kept if graph.nodes[id_].share_with}
    end = Node(RESULT, RESULT, "Output")
    nodes = {id_: node for id_, node in graph.nodes.items() if id_ in kept}
    edges = [edge for edge in graph.edges if edge.source.node in kept and edge.target.node in kept]
    return Graph({**nodes, end.id: end}, (*edges, Edge(port, Port(end.id, "x"))))
