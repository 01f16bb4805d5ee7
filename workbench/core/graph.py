"""The network as drawn: nodes, edges, groups and frames, as plain frozen values.

Nothing here knows what a layer does. A graph may hold layers that this version does not know and settings that are
wrong: they are problems to be shown (`model.problems`), never a reason to lose what somebody drew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any, cast

from workbench.core.errors import WorkbenchError
from workbench.core.frames import Frame
from workbench.core.values import Json, Params


class _Nothing(Mapping[str, Json]):
    """The empty mapping that nobody can fill; hashable, which Python 3.11 wants of a dataclass's default."""

    def __getitem__(self, key: str) -> Json:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "{}"


NOTHING: Mapping[str, Json] = _Nothing()
BEFORE = "_before"  # where a graph keeps the one that it was made of; no field, since it is no part of the value


@dataclass(frozen=True, slots=True)
class Port:
    """Where a wire ends: a node's id and the name of one of its ports (`x.0`, `x.1` on a variadic input)."""

    node: str
    name: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A wire from an output port to an input port."""

    source: Port
    target: Port
    extra: Params = field(default=NOTHING, hash=False)


@dataclass(frozen=True, slots=True)
class Node:
    """One layer in a graph.

    Attributes:
        id: short, stable and never shown; weights of a run are matched by it.
        name: dotted path that gives the state_dict keys, such as `layer1.0.conv1`.
        layer: the kind of layer, such as `Conv2d`.
        params: the layer's settings as plain JSON values; those not named have their defaults.
        position: where it stands on the canvas, in logical pixels.
        bypass: its input passes through instead.
        frozen: its weights are not trained, and batch norm keeps its statistics.
        init: parameter name → initialiser of torch.nn.init; what is not named starts as torch starts it.
        share_with: id of the node whose weights it uses, or "".
        extra: keys that this version does not know, kept as they came.
    """

    id: str
    name: str
    layer: str
    params: Params = NOTHING
    position: tuple[float, float] = (0.0, 0.0)
    bypass: bool = False
    frozen: bool = False
    init: Params = NOTHING
    share_with: str = ""
    extra: Params = NOTHING


@dataclass(frozen=True, slots=True)
class Group:
    """How a dotted prefix is shown; the nodes whose names begin with it are its members.

    Attributes:
        folded: whether it is one box.
        title: what it is called on the canvas; the prefix if empty.
        colour: of its frame.
        ports: names of its ports.
        block: what it was made from.
        position: where its box stands; in the middle of its nodes if None.
        extra: keys that this version does not know, kept as they came.
    """

    folded: bool = False
    title: str = ""
    colour: str = ""
    ports: tuple[str, ...] = ()
    block: str = ""
    position: tuple[float, float] | None = None
    extra: Params = NOTHING


class GraphError(WorkbenchError):
    """A change or a file that would leave the graph without sense, such as a wire to nowhere."""


@dataclass(frozen=True)
class Graph:
    """Nodes by id in drawing order, wires, groups, and frames by id. A plain value: every change makes a new one."""

    nodes: Mapping[str, Node] = NOTHING
    edges: tuple[Edge, ...] = ()
    groups: Mapping[str, Group] = NOTHING
    extra: Params = NOTHING
    frames: Mapping[str, Frame] = NOTHING

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def __getstate__(self) -> dict[str, Any]:
        """The value alone: a copy, or another process, derives for itself what it needs."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What others derived from layers, settings, names and wires, by their names; it lives as long as the graph."""
        return {}

    @cached_property
    def own_memo(self) -> dict[str, Any]:
        """What others derived from all of this value, places too; it goes to no other graph."""
        return {}

    def share_memo(self, before: Graph) -> None:
        """Takes over what was derived from a graph that differs in places, frames and looks of groups alone."""
        self.memo.update(before.memo)

    @property
    def before(self) -> Graph | None:
        """The graph that this one was made of by changes, where something was derived from it; None if unknown."""
        return cast("Graph | None", self.__dict__.get(BEFORE))

    def last_with(self, key: str) -> Graph | None:
        """The newest of the graphs before this one for which that was derived, by its name in `memo`; None if none."""
        found = self.before
        while found is not None and key not in found.memo:
            found = found.before
        return found

    def changed(self, **parts: Any) -> Graph:
        """Returns the graph with other fields; what is derived from it may begin with what was derived from this one.

        Args:
            parts: the fields that are others.
        """
        made = self._made(**parts)
        if made.edges is self.edges:
            is_same_flow = made.nodes is self.nodes or list(made.nodes) == list(self.nodes)
            self._hand_on(made, is_same_flow=is_same_flow)
        return made

    def _made(self, **parts: Any) -> Graph:
        """The graph with other fields, which knows that it came of this one."""
        made = replace(self, **parts)
        before = self if self.memo else self.before
        if before is not None:
            made.__dict__[BEFORE] = before
            if before.before is not None:
                before.before.__dict__.pop(BEFORE, None)  # or every graph since the file was opened would stay
        return made

    def _hand_on(self, made: Graph, *, is_same_flow: bool) -> None:
        """Gives a graph of the same wires, and of the same nodes in their order or others, what is known of them."""
        mine, theirs = self.__dict__, made.__dict__
        if is_same_flow:
            theirs.update({name: mine[name] for name in ("incoming", "outgoing", "order", "places") if name in mine})
        elif "incoming" in mine and "outgoing" in mine:
            theirs["incoming"] = {id_: self.incoming.get(id_, {}) for id_ in made.nodes}
            theirs["outgoing"] = {id_: self.outgoing.get(id_, ()) for id_ in made.nodes}

    def with_edge(self, edge: Edge, at: int) -> Graph:
        """The graph with one more wire at that place among all; its ends must be there, the input free."""
        made = self._made(edges=(*self.edges[:at], edge, *self.edges[at:]))
        if at < len(self.edges):
            self._hand_on_wires(made, edge)
            return made
        source, target = edge.source.node, edge.target.node
        made.__dict__["incoming"] = {**self.incoming, target: {**self.incoming[target], edge.target.name: edge.source}}
        made.__dict__["outgoing"] = {**self.outgoing, source: (*self.outgoing[source], edge)}
        return made

    def without_edge(self, edge: Edge) -> Graph:
        """The graph without a wire."""
        made = self._made(edges=tuple(each for each in self.edges if each != edge))
        self._hand_on_wires(made, edge)
        return made

    def _hand_on_wires(self, made: Graph, edge: Edge) -> None:
        """Gives a graph the wires of all nodes but the ends of the wire that it has more or less than this one."""
        source, target = edge.source.node, edge.target.node
        coming = {each.target.name: each.source for each in made.edges if each.target.node == target}
        made.__dict__["incoming"] = {**self.incoming, target: coming}
        leaving = tuple(each for each in made.edges if each.source.node == source)
        made.__dict__["outgoing"] = {**self.outgoing, source: leaving}

    def feeds(self, first: str, second: str) -> bool:
        """Whether a node feeds another one, directly or not, or is it; looked for from both ends by turns."""
        down, up, below, above = {first}, {second}, {first}, {second}
        if first == second:
            return True
        while down and up:
            down = {edge.target.node for id_ in down for edge in self.outgoing[id_]} - below
            below |= down
            if not above.isdisjoint(down):
                return True
            up = {port.node for id_ in up for port in self.incoming[id_].values()} - above
            above |= up
            if not below.isdisjoint(up):
                return True
        return False

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """Nodes by name."""
        return {node.name: node for node in self}

    def node(self, id_: str) -> Node:
        """The node with that id.

        Raises:
            GraphError: there is none.
        """
        if id_ not in self.nodes:
            raise GraphError(f"There is no node with the id {id_}.")
        return self.nodes[id_]

    def named(self, name: str) -> Node:
        """The node of that name.

        Raises:
            GraphError: there is none.
        """
        if name not in self.by_name:
            known = ", ".join(self.by_name) or "none"
            raise GraphError(f'There is no node "{name}". The nodes are: {known}.')
        return self.by_name[name]

    @cached_property
    def incoming(self) -> Mapping[str, Mapping[str, Port]]:
        """For each node id, its input ports that are wired and where each wire comes from."""
        found: dict[str, dict[str, Port]] = {id_: {} for id_ in self.nodes}
        for edge in self.edges:
            found[edge.target.node][edge.target.name] = edge.source
        return found

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Edge, ...]]:
        """For each node id, the wires that leave it."""
        found: dict[str, list[Edge]] = {id_: [] for id_ in self.nodes}
        for edge in self.edges:
            found[edge.source.node].append(edge)
        return {id_: tuple(edges) for id_, edges in found.items()}

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Node ids so that each comes after everything that feeds it.

        Raises:
            GraphError: the wires go round in a circle.
        """
        sorter = TopologicalSorter({id_: [port.node for port in self.incoming[id_].values()] for id_ in self.nodes})
        try:
            return tuple(sorter.static_order())
        except CycleError as error:
            names = " → ".join(self.nodes[id_].name for id_ in error.args[1])
            raise GraphError(f"The wires go round in a circle: {names}. Cut one of them.") from None

    @cached_property
    def places(self) -> Mapping[str, int]:
        """For each node id, its place in the order."""
        return {id_: place for place, id_ in enumerate(self.order)}

    def ancestors(self, ids: Iterable[str]) -> frozenset[str]:
        """The given nodes and everything that feeds them, directly or not."""
        return reached(ids, lambda id_: (port.node for port in self.incoming[id_].values()))

    def descendants(self, ids: Iterable[str]) -> frozenset[str]:
        """The given nodes and everything that they feed, directly or not."""
        return reached(ids, lambda id_: (edge.target.node for edge in self.outgoing[id_]))

    def with_node(self, node: Node) -> Graph:
        """The graph with that node in the place of the one with its id."""
        made = self._made(nodes={**self.nodes, node.id: node})
        self._hand_on(made, is_same_flow=node.id in self.nodes)
        return made


def reached(ids: Iterable[str], neighbours: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """Returns the given nodes and all that are reached from them, step by step."""
    found: set[str] = set()
    waiting = list(ids)
    while waiting:
        id_ = waiting.pop()
        if id_ not in found:
            found.add(id_)
            waiting.extend(neighbours(id_))
    return frozenset(found)
