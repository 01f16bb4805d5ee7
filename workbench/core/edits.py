"""Every change of a graph as a frozen value that knows its opposite and its name in the menu.

An edit holds what was there before as well as what comes, so `inverse()` needs no document. Applying one whose
"before" does not match is a mistake in the program or a damaged log, and is refused.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Literal, Self, TypeVar

from workbench.core.frames import Frame, change_text, gradual_change
from workbench.core.graph import Edge, Graph, GraphError, Group, Node
from workbench.core.values import Json, is_choice

T = TypeVar("T")


class Missing(Enum):
    """Marks that a setting is not named at all, which is not the same as null."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing.MISSING


class Edit(ABC):
    """One change of the document."""

    @property
    @abstractmethod
    def text(self) -> str:
        """What the menu says, such as "Set kernel_size of conv1"."""

    @abstractmethod
    def inverse(self) -> Edit:
        """The edit that takes this one back."""

    @abstractmethod
    def merged_with(self, later: Edit) -> Self | None:
        """Returns one edit for this one and the one right after it, where both are one step for the user.

        They are where the same thing changes bit by bit, as while a number spins or a node is dragged; else the answer
        is None. Each kind of edit says so itself, so that none is forgotten.
        """


E = TypeVar("E", bound=Edit)


def merged_in_pairs(edits: tuple[E, ...], later: tuple[E, ...]) -> tuple[E, ...] | None:
    """Returns the first edit of both rows as one, the second ones as one, and so on; None if a pair stays two steps."""
    if len(edits) != len(later):
        return None
    both = [one.merged_with(other) for one, other in zip(edits, later, strict=True)]
    merged = tuple(each for each in both if each is not None)
    return merged if len(merged) == len(both) else None


class GraphEdit(Edit):
    """A change of the graph."""

    @abstractmethod
    def apply(self, graph: Graph) -> Graph:
        """The changed graph.

        Raises:
            GraphError: the graph is not as this edit expects it.
        """

    @abstractmethod
    def inverse(self) -> GraphEdit: ...


def with_key(mapping: Mapping[str, T], key: str, value: T | Missing) -> dict[str, T]:
    """A copy with the key set, or without it for MISSING."""
    changed = dict(mapping)
    if isinstance(value, Missing):
        changed.pop(key, None)
    else:
        changed[key] = value
    return changed


def expect(found: Any, before: Any, what: str) -> None:
    """Refuses an edit that was made for another state."""
    if found != before:
        raise GraphError(f"{what} is {found!r}, but this step expects {before!r}.")


def place(index: int, count: int, what: str) -> int:
    """The place among `count` that an index names, behind all of them for -1."""
    if not -1 <= index <= count:
        raise GraphError(f"{what} cannot stand at place {index}: there are only {count}.")
    return count if index < 0 else index


@dataclass(frozen=True, slots=True)
class AddNode(GraphEdit):
    """Puts a node, still without wires, at a place in drawing order (at the end for -1)."""

    node: Node
    index: int = -1

    @property
    def text(self) -> str:
        return f"Add {self.node.name}"

    def apply(self, graph: Graph) -> Graph:
        if self.node.id in graph.nodes:
            raise GraphError(f"There is a node with the id {self.node.id} already.")
        at = place(self.index, len(graph.nodes), self.node.name)
        if at == len(graph.nodes):
            return graph.changed(nodes={**graph.nodes, self.node.id: self.node})
        items = list(graph.nodes.items())
        items.insert(at, (self.node.id, self.node))
        return graph.changed(nodes=dict(items))

    def inverse(self) -> RemoveNode:
        return RemoveNode(self.node, self.index)

    def merged_with(self, later: Edit) -> Self | None:
        return None


@dataclass(frozen=True, slots=True)
class RemoveNode(GraphEdit):
    """Takes a node that has no wires off the graph."""

    node: Node
    index: int

    @property
    def text(self) -> str:
        return f"Delete {self.node.name}"

    def apply(self, graph: Graph) -> Graph:
        expect(graph.nodes.get(self.node.id), self.node, f"Node {self.node.name}")
        if graph.incoming[self.node.id] or graph.outgoing[self.node.id]:
            raise GraphError(f"{self.node.name} still has wires; they must go first.")
        last = len(graph.nodes) - 1
        expect(list(graph.nodes).index(self.node.id), place(self.index, last, self.node.name), "The place of the node")
        return graph.changed(nodes={id_: node for id_, node in graph.nodes.items() if id_ != self.node.id})

    def inverse(self) -> AddNode:
        return AddNode(self.node, self.index)

    def merged_with(self, later: Edit) -> Self | None:
        return None


@dataclass(frozen=True, slots=True)
class AddEdge(GraphEdit):
    """Draws a wire into a free input port, at a place in the order of wires (at the end for -1)."""

    edge: Edge
    index: int = -1

    @property
    def text(self) -> str:
        return "Connect"

    def apply(self, graph: Graph) -> Graph:
        for port in (self.edge.source, self.edge.target):
            if port.node not in graph.nodes:
                raise GraphError(f"A wire ends at the node {port.node}, which does not exist.")
        if self.edge.target.name in graph.incoming[self.edge.target.node]:
            name = graph.nodes[self.edge.target.node].name
            raise GraphError(f"The input {self.edge.target.name} of {name} is wired already.")
        changed = graph.with_edge(self.edge, place(self.index, len(graph.edges), "The wire"))
        if graph.feeds(self.edge.target.node, self.edge.source.node):
            _ = changed.order  # refuses the circle, and names the nodes in it
        return changed

    def inverse(self) -> RemoveEdge:
        return RemoveEdge(self.edge, self.index)

    def merged_with(self, later: Edit) -> Self | None:
        return None


@dataclass(frozen=True, slots=True)
class RemoveEdge(GraphEdit):
    """Cuts a wire."""

    edge: Edge
    index: int

    @property
    def text(self) -> str:
        return "Cut wire"

    def apply(self, graph: Graph) -> Graph:
        if self.edge not in graph.edges:
            raise GraphError("The wire to cut is not there.")
        expect(
            graph.edges.index(self.edge), place(self.index, len(graph.edges) - 1, "The wire"), "The place of the wire"
        )
        return graph.without_edge(self.edge)

    def inverse(self) -> AddEdge:
        return AddEdge(self.edge, self.index)

    def merged_with(self, later: Edit) -> Self | None:
        return None


NodeField = Literal["name", "layer", "position", "bypass", "frozen", "init", "share_with"]


@dataclass(frozen=True, slots=True)
class SetField(GraphEdit):
    """Changes what a node is called, where it stands, whether it is bypassed and the like."""

    node: str
    field: NodeField
    before: Any
    after: Any
    label: str = ""

    @property
    def text(self) -> str:
        verbs = {"name": f"Rename to {self.after}", "position": f"Move {self.label}"}
        return verbs.get(self.field, f"Set {self.field} of {self.label}")

    def apply(self, graph: Graph) -> Graph:
        node = graph.node(self.node)
        expect(getattr(node, self.field), self.before, f"{self.field} of {node.name}")
        return graph.with_node(replace(node, **{self.field: self.after}))

    def inverse(self) -> SetField:
        label = self.label if self.field != "name" else str(self.before)
        return SetField(self.node, self.field, self.after, self.before, label)

    def merged_with(self, later: Edit) -> Self | None:
        if isinstance(later, SetField) and later.node == self.node and later.field == self.field == "position":
            return replace(self, after=later.after)
        return None


@dataclass(frozen=True, slots=True)
class SetParam(GraphEdit):
    """Changes one setting of a layer; MISSING means its default."""

    node: str
    param: str
    before: Json | Missing
    after: Json | Missing
    label: str = ""

    @property
    def text(self) -> str:
        return f"Set {self.param} of {self.label}"

    def apply(self, graph: Graph) -> Graph:
        node = graph.node(self.node)
        expect(node.params.get(self.param, MISSING), self.before, f"{self.param} of {node.name}")
        return graph.with_node(replace(node, params=with_key(node.params, self.param, self.after)))

    def inverse(self) -> SetParam:
        return SetParam(self.node, self.param, self.after, self.before, self.label)

    def merged_with(self, later: Edit) -> Self | None:
        if isinstance(later, SetParam) and later.node == self.node and later.param == self.param:
            return None if is_choice(self.after) or is_choice(later.after) else replace(self, after=later.after)
        return None


@dataclass(frozen=True, slots=True)
class SetGroup(GraphEdit):
    """Makes, changes or (after = MISSING) forgets how a dotted prefix is shown."""

    prefix: str
    before: Group | Missing
    after: Group | Missing

    @property
    def text(self) -> str:
        if isinstance(self.before, Missing):
            return f"Group {self.prefix}"
        return f"Ungroup {self.prefix}" if isinstance(self.after, Missing) else f"Change group {self.prefix}"

    def apply(self, graph: Graph) -> Graph:
        expect(graph.groups.get(self.prefix, MISSING), self.before, f"Group {self.prefix}")
        return graph.changed(groups=with_key(graph.groups, self.prefix, self.after))

    def inverse(self) -> SetGroup:
        return SetGroup(self.prefix, self.after, self.before)

    @property
    def is_move(self) -> bool:
        """Whether nothing changes but the place."""
        if isinstance(self.before, Missing) or isinstance(self.after, Missing):
            return False
        return replace(self.before, position=self.after.position) == self.after

    def merged_with(self, later: Edit) -> Self | None:
        if isinstance(later, SetGroup) and later.prefix == self.prefix and self.is_move and later.is_move:
            return replace(self, after=later.after)
        return None


@dataclass(frozen=True, slots=True)
class SetFrame(GraphEdit):
    """Makes, changes or (after = MISSING) takes away a frame or note.

    Attributes:
        frame: its id.
        before: as it is.
        after: as it shall be.
        index: the place among all frames of one that comes or goes (at the end for -1).
    """

    frame: str
    before: Frame | Missing
    after: Frame | Missing
    index: int = -1

    @property
    def text(self) -> str:
        if isinstance(self.after, Missing):
            return f"Delete {self.before.called}" if isinstance(self.before, Frame) else "Nothing"
        if isinstance(self.before, Missing):
            return f"Add a {'frame' if self.after.title else 'note'}"
        return change_text(self.before, self.after)

    def apply(self, graph: Graph) -> Graph:
        expect(graph.frames.get(self.frame, MISSING), self.before, f"Frame {self.frame}")
        if isinstance(self.before, Frame) and isinstance(self.after, Frame):
            return graph.changed(frames=with_key(graph.frames, self.frame, self.after))
        items = list(graph.frames.items())
        if isinstance(self.after, Frame):
            items.insert(place(self.index, len(items), "The frame"), (self.frame, self.after))
        elif isinstance(self.before, Frame):
            at = place(self.index, len(items) - 1, "The frame")
            expect(list(graph.frames).index(self.frame), at, "The place of the frame")
            del items[at]
        return graph.changed(frames=dict(items))

    def inverse(self) -> SetFrame:
        return SetFrame(self.frame, self.after, self.before, self.index)

    def merged_with(self, later: Edit) -> Self | None:
        if not isinstance(later, SetFrame) or later.frame != self.frame:
            return None
        part = gradual_change(self.before, self.after)
        return replace(self, after=later.after) if part and part == gradual_change(later.before, later.after) else None


@dataclass(frozen=True, slots=True)
class CompositeGraphEdit(GraphEdit):
    """Changes that belong together and are one step for the user.

    Attributes:
        edits: one after the other.
        label: the text for the menu.
        merges: whether it is one step with another of its kind that changes the same things further, as a drag is.
    """

    edits: tuple[GraphEdit, ...]
    label: str
    merges: bool = True

    @property
    def text(self) -> str:
        return self.label

    def apply(self, graph: Graph) -> Graph:
        for edit in self.edits:
            graph = edit.apply(graph)
        return graph

    def inverse(self) -> CompositeGraphEdit:
        return replace(self, edits=tuple(edit.inverse() for edit in reversed(self.edits)))

    def merged_with(self, later: Edit) -> Self | None:
        if not isinstance(later, CompositeGraphEdit) or not (self.merges and later.merges):
            return None
        edits = merged_in_pairs(self.edits, later.edits)
        return replace(self, edits=edits) if edits else None


def changes_layout_only(edit: Edit) -> bool:
    """Whether an edit changes how the drawing looks and nothing that is computed."""
    match edit:
        case CompositeGraphEdit(edits):
            return all(changes_layout_only(each) for each in edits)
        case SetField(field=field):
            return field == "position"
        case _:
            return isinstance(edit, SetGroup | SetFrame)
