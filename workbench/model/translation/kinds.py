"""Values of imported networks that are taken for something else than they are: rows and columns that were exchanged."""

from __future__ import annotations

from workbench.core.graph import Graph, Port
from workbench.core.graph_edits import insert
from workbench.core.names import prefixes
from workbench.core.values import Json, Value
from workbench.layers.axes import FEATURES_LAST
from workbench.layers.spec import find, port_of
from workbench.model.node_shapes import Fault
from workbench.model.shapes import infer


def as_maps(graph: Graph) -> Graph:
    """Returns a network in which what another program takes as channels first is that here too.

    A picture whose rows were exchanged with its channels looks like a sequence, so a convolution would refuse it. Lined
    up and folded to the same shape again it is a map, with the same numbers.
    """
    tried: set[Port] = set()
    while True:
        shapes = infer(graph)
        found = next(
            (
                (Port(id_, fault.error.port), value)
                for id_, fault in shapes.faults.items()
                if Port(id_, fault.error.port) not in tried
                and (value := shapes.values.get(graph.incoming[id_].get(fault.error.port, Port("", "")))) is not None
                and _wants_map(graph, id_, fault, value)
            ),
            None,
        )
        if found is None:
            return graph
        target, value = found
        tried.add(target)
        around = prefixes(graph.nodes[target.node].name)
        stem = f"{around[-1]}." if around else ""
        after = insert(graph, target, "Flatten", f"{stem}as_row", {}, ("x", "y")).apply(graph)
        size: Json = list(value.shape)
        after = insert(after, target, "Unflatten", f"{stem}as_map", {"unflattened_size": size}, ("x", "y")).apply(after)
        if target.node not in infer(after).faults:
            graph = after


def _wants_map(graph: Graph, id_: str, fault: Fault, value: Value) -> bool:
    """Whether a node refuses a value only for what it is taken for."""
    cls = find(graph.nodes[id_].layer)
    port = port_of(cls, fault.error.port) if cls is not None else None
    is_of_size = port is not None and (not port.axes or len(value.shape) in port.axes)
    return is_of_size and port is not None and "map" in port.kinds and value.kind in FEATURES_LAST
