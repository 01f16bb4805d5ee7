"""The receptive fields of a network's nodes, each worked out when it is asked for, with those that feed the node."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import cast

from workbench.core.difference import difference
from workbench.core.graph import Graph, Node, Port
from workbench.layers.windows import Window, Windows
from workbench.model.node_shapes import NodeShapes, sorted_wires
from workbench.model.receptive_field import TEXTS, ReceptiveField, receptive_field, same_behind, spatial
from workbench.model.shapes import Shapes, infer

MEMO = "receptive fields"  # their place in Graph.memo


class ReceptiveFields(Mapping[str, ReceptiveField | None]):
    """The receptive field of every node whose shapes are known, by node id; None sees everything.

    Only what is asked for is worked out. After an edit a field is the same object as before where the way back to the
    input is the same, so that whoever shows one sees by the object whether it is another.
    """

    def __init__(self, graph: Graph, shapes: Shapes) -> None:
        """Prepares the fields of a graph of which none is known."""
        self._nodes, self._incoming, self._shapes = graph.nodes, graph.incoming, shapes
        self._known: dict[str, ReceptiveField | None] = {}
        self._earlier: dict[str, ReceptiveField | None] = {}  # of the nodes before the last edits
        self._others: Collection[str] = ()  # the nodes that are others themselves than when those were found

    @classmethod
    def after(cls, before: ReceptiveFields, graph: Graph, others: Collection[str]) -> ReceptiveFields:
        """Returns the fields of an edited graph, with all that the edit leaves as it was.

        Args:
            before: the fields of the graph that it came of.
            graph: the edited graph.
            others: ids of its nodes that are new, have other settings or values, or are fed by others.
        """
        made = cls(graph, infer(graph))
        known = dict(before._known)
        made._earlier = {id_: field for id_, field in {**before._earlier, **known}.items() if id_ in graph.nodes}
        made._others = {*others, *(id_ for id_ in before._others if id_ not in known)}
        behind = graph.descendants(others)
        made._known = {id_: field for id_, field in known.items() if id_ in graph.nodes and id_ not in behind}
        return made

    def __getitem__(self, id_: str) -> ReceptiveField | None:
        if id_ not in self._known:
            if id_ not in self:
                raise KeyError(id_)
            self._find(id_)
        return self._known[id_]

    def __contains__(self, id_: object) -> bool:
        return id_ in self._shapes.inputs and id_ not in self._shapes.faults

    def __iter__(self) -> Iterator[str]:
        return (id_ for id_ in self._shapes.inputs if id_ not in self._shapes.faults)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def is_still(self, id_: str, field: ReceptiveField | None) -> bool:
        """Returns whether a node's field is known to be this very object; works nothing out."""
        return id_ in self._known and self._known[id_] is field

    def _find(self, id_: str) -> None:
        """Works out the field of a node, and those before it that are needed for it."""
        known, waiting = self._known, [id_]
        while waiting:
            here = waiting[-1]
            sources = sources_of(self._incoming, here, self._shapes.nodes[here])
            missing = [source for source in sources if source not in known]
            if missing and here not in known:
                waiting += missing
                continue
            waiting.pop()
            if here not in known:  # `setdefault`, since of two threads all must go on with the field of one
                known.setdefault(here, self._found(here, [known[source] for source in sources]))

    def _found(self, id_: str, before: list[ReceptiveField | None]) -> ReceptiveField | None:
        """The field of a node behind these; the earlier one where it is the same all the way down."""
        earlier = self._earlier.get(id_)
        if earlier is not None and id_ not in self._others and not earlier.way.is_constant:
            return same_behind(earlier, before)
        here = self._shapes.nodes[id_]
        field = receptive_field(here, windows_of(self._nodes[id_], here), before)
        is_same = field is not None and earlier is not None and field.way.is_as(earlier.way)
        return earlier if is_same else field


def receptive_fields(graph: Graph) -> ReceptiveFields:
    """Returns the receptive fields of a graph's nodes; they are kept with the graph, and know those before an edit."""
    if MEMO not in graph.memo:
        graph.memo[MEMO] = _begun(graph)
    return cast(ReceptiveFields, graph.memo[MEMO])


def _begun(graph: Graph) -> ReceptiveFields:
    before = graph.last_with(MEMO)
    if before is None:
        return ReceptiveFields(graph, infer(graph))
    change, known = difference(before, graph), infer(before).nodes
    others = {id_ for id_, found in infer(graph).nodes.items() if known.get(id_) is not found}
    return ReceptiveFields.after(receptive_fields(before), graph, others | change.nodes | change.coming)


def windows_of(node: Node, found: NodeShapes) -> tuple[Windows, ...] | None:
    """Returns what a position of a node sees of each wire that comes in; None for everything."""
    assert found.layer is not None
    assert found.inputs is not None
    if node.bypass:
        return tuple((Window(),) * len(spatial(value)) for value in found.inputs)
    if any(value.kind in TEXTS for value in found.inputs):
        return found.layer.text_windows(*found.inputs)
    return found.layer.windows(*found.inputs)


def sources_of(incoming: Mapping[str, Mapping[str, Port]], id_: str, found: NodeShapes) -> list[str]:
    """Returns the nodes that feed one, wire by wire in the order of its ports."""
    coming = incoming[id_]
    if len(coming) < 2:
        return [source.node for source in coming.values()]
    assert found.layer is not None
    return [source.node for _, _, source in sorted_wires(type(found.layer), coming)]
