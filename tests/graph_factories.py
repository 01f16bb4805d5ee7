"""Small graphs for tests, drawn in a line or by a template."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from workbench.core.graph import Edge, Graph, Node, Port
from workbench.layers.spec import find
from workbench.project.template_layout import laid_out
from workbench.project.templates.spec import REGISTRY, GraphBuilder, Samples


def drawn(template: str, shape: tuple[int, ...] = (1, 28, 28), scores: int = 10) -> Graph:
    """The template's network for pictures of that shape, or the smallest it takes, and classes named 0, 1, ...

    What reads other data is drawn for its own samples.
    """
    cls = REGISTRY[template]
    shape = () if cls.reads else (shape[0], *(max(side, cls.smallest) for side in shape[1:]))
    fields = cls.usual_samples().fields
    builder = GraphBuilder(Samples(shape, classes=tuple(map(str, range(scores))), scores=scores, fields=fields))
    cls().build(builder)
    return builder.graph()


def default(template: str) -> Graph:
    """The template's network as `new` draws it without any data."""
    cls = REGISTRY[template]
    builder = GraphBuilder(cls.usual_samples())
    cls().build(builder)
    return builder.graph()


def flat(graph: Graph) -> Graph:
    """The network without groups, laid out in lines like a text."""
    depths: dict[str, int] = {}
    for id_ in graph.order:
        depths[id_] = max((depths[port.node] + 1 for port in graph.incoming[id_].values()), default=0)
    return replace(graph, nodes=laid_out(graph.nodes, graph.edges, depths), groups={})


def line(*rows: tuple[str, str, dict[str, Any]]) -> Graph:
    """Nodes (name, layer, settings) one behind the other; a node's id is its name."""
    nodes = [Node(name, name, layer, params) for name, layer, params in rows]
    edges = []
    for before, after in pairwise(nodes):
        source, target = find(before.layer), find(after.layer)
        out = source.output_ports[0] if source else "y"
        end = target.inputs[0].name if target else "x"
        edges.append(Edge(Port(before.id, out), Port(after.id, end)))
    return Graph({node.id: node for node in nodes}, tuple(edges))


def picture(shape: tuple[int, ...] = (1, 8, 8)) -> tuple[str, str, dict[str, Any]]:
    """An Input node for `line`."""
    return ("image", "Input", {"shape": list(shape)})


def wired(graph: Graph, source: str, target: str) -> Graph:
    """The graph with one more wire, `name.port` to `name.port`; the node's name has no dot."""
    ends = []
    for text in (source, target):
        name, _, port = text.partition(".")
        ends.append(Port(graph.named(name).id, port))
    return replace(graph, edges=(*graph.edges, Edge(ends[0], ends[1])))


def changed(graph: Graph, name: str, /, **fields: Any) -> Graph:
    """The graph with fields of one node changed; `params` are laid over those that are there."""
    node = graph.named(name)
    if "params" in fields:
        fields["params"] = {**node.params, **fields["params"]}
    return graph.with_node(replace(node, **fields))


def without(graph: Graph, name: str) -> Graph:
    """The graph without a node that has one input and one output: its wires are joined."""
    gone = graph.named(name).id
    (source,) = graph.incoming[gone].values()
    edges = [
        replace(edge, source=source) if edge.source.node == gone else edge
        for edge in graph.edges
        if edge.target.node != gone
    ]
    return replace(graph, nodes={id_: node for id_, node in graph.nodes.items() if id_ != gone}, edges=tuple(edges))
