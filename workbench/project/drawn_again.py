"""A network that is still as its template drew it is drawn anew for other data, in the place of being mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from workbench.core.edits import Edit
from workbench.core.errors import UsageError
from workbench.core.graph import Graph, Node
from workbench.core.redrawing import redrawn
from workbench.core.values import Value
from workbench.data.spec import Dataset
from workbench.project.new_project import samples_for
from workbench.project.templates.spec import REGISTRY, GraphBuilder, Samples, Template

LABEL = "Draw the network anew for the data"


def drawn_again(graph: Graph, dataset: Dataset) -> Edit | None:
    """Returns the step that draws a network for a data set as its template would; None where no template drew it.

    Frames and notes stay where they are, and so do nodes, under their ids, where all of them have the names they had.
    """
    cls = _template_of(graph)
    if cls is None:
        return None
    try:
        samples = samples_for(cls, dataset)
        if samples.shape and min(samples.shape[1:]) < cls.smallest:
            return None
        made = _drawn(cls, samples)
    except (UsageError, KeyError, ValueError, IndexError):
        return None  # it reads other data
    if _plain(made) == _plain(graph):
        return None
    made = _in_place(made, graph)
    return redrawn(graph, replace(made, frames=graph.frames, extra=graph.extra), LABEL)


def _in_place(made: Graph, graph: Graph) -> Graph:
    """Gives nodes the ids of those of the same name; if the names are the same ones, also their places and groups."""
    before = {node.name: node for node in graph}
    ids = {node.id: before[node.name].id if node.name in before else node.id for node in made}
    edges = tuple(
        replace(
            edge,
            source=replace(edge.source, node=ids[edge.source.node]),
            target=replace(edge.target, node=ids[edge.target.node]),
        )
        for edge in made.edges
    )
    nodes = [replace(node, id=ids[node.id], share_with=ids.get(node.share_with, "")) for node in made]
    groups = made.groups
    if before.keys() == {node.name for node in made}:
        nodes = [replace(node, position=before[node.name].position) for node in nodes]
        groups = graph.groups
    return Graph({node.id: node for node in nodes}, edges, groups)


def _template_of(graph: Graph) -> type[Template] | None:
    """The template that draws just this network for what its Inputs and Targets bring in."""
    wanted, samples = _plain(graph), _samples_of(graph)
    for _, cls in REGISTRY.items():
        for each in samples:
            try:
                if _plain(_drawn(cls, each)) == wanted:
                    return cls
            except Exception:  # a template for other samples, which has its own ways to fail on these
                continue
    return None


def _drawn(cls: type[Template], samples: Samples) -> Graph:
    builder = GraphBuilder(samples)
    cls().build(builder)
    return builder.graph()


def _plain(graph: Graph) -> object:
    """What makes two networks the same to people: nodes with their settings and weights, and wires."""
    names = {node.id: node.name for node in graph}
    nodes = {
        node.name: (node.layer, _lists(node.params), dict(node.init), node.bypass, node.frozen,
                    names.get(node.share_with, ""))
        for node in graph
    }  # fmt: skip
    wires = {
        (names[edge.source.node], edge.source.name, names[edge.target.node], edge.target.name) for edge in graph.edges
    }
    return nodes, wires


def _lists(value: Any) -> Any:
    """Settings with lists in the place of tuples, as files have them."""
    if isinstance(value, Mapping):
        return {key: _lists(each) for key, each in value.items()}
    return [_lists(each) for each in value] if isinstance(value, list | tuple) else value


def _samples_of(graph: Graph) -> list[Samples]:
    """What templates must have known of the data to draw such Inputs and Targets: with pictures, or without."""
    inputs = [node for node in graph if node.layer == "Input"]
    targets = [node for node in graph if node.layer == "Target"]
    if not inputs:
        return []
    facts: dict[str, Any] = {}
    for node in targets:
        facts |= dict(_facts(graph, node, inputs[0]))
    first = inputs[0].params
    shape = tuple(first.get("shape", (1, 28, 28)))
    pictures = Samples(shape=shape, image=str(first.get("field", "image")), mean=tuple(first.get("mean", ())),
                       std=tuple(first.get("std", ())), **facts)  # fmt: skip
    values = {str(node.params.get("field", "image")): _value(graph, node) for node in inputs}
    return [pictures, Samples(fields=values, **facts)]


def _value(graph: Graph, node: Node) -> Value:
    """The field that an Input brings in; of tokens as many are known as they have vectors."""
    params = node.params
    after = [graph.nodes[edge.target.node] for edge in graph.outgoing[node.id]]
    known = next((each.params["num_embeddings"] for each in after if "num_embeddings" in each.params), 0)
    kind = str(params.get("kind", "map"))
    classes = tuple(map(str, range(int(known)))) if kind == "tokens" else ()
    return Value(tuple(params.get("shape", ())), kind, "int64" if kind == "tokens" else "float32", classes)


def _scores(graph: Graph, target: Node) -> int | None:
    """How many classes are scored: the width of what the loss of a Target compares with it."""
    losses = [edge.target.node for edge in graph.outgoing[target.id]]
    below = [port.node for loss in losses for name, port in graph.incoming[loss].items() if port.node != target.id]
    while below:
        node = graph.nodes[below[0]]
        width = node.params.get("out_features", node.params.get("out_channels"))
        if isinstance(width, int):
            return width
        below = [port.node for port in graph.incoming[node.id].values()]
    return None


def _facts(graph: Graph, target: Node, first: Node) -> Iterator[tuple[str, Any]]:
    """What a Target says of the data."""
    params = target.params
    field, kind, classes = (
        str(params.get("field", "label")),
        params.get("kind", "class"),
        tuple(params.get("classes", ())),
    )
    if kind == "class":
        yield from {"label": field, "classes": classes}.items()
        if (scores := len(classes) or _scores(graph, target)) is not None:
            yield "scores", scores
    elif kind == "vector" and classes:
        yield from {"labels": field, "classes": classes, "scores": len(classes)}.items()
    elif kind == "mask":
        yield from {"mask": field, "parts": classes}.items()
    elif kind == "map" and field != first.params.get("field", "image"):
        yield from {"clean": field, "clean_shape": tuple(params.get("shape", ()))}.items()
