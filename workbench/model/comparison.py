"""What two networks differ in: nodes, their settings and wires, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workbench.core.edits import MISSING, Missing
from workbench.core.errors import printable
from workbench.core.graph import Graph, Node, Port
from workbench.core.values import Json
from workbench.model.cost import costs, total

Kind = Literal["added", "removed", "changed"]
SIGNS: Mapping[Kind, str] = {"added": "+", "removed": "-", "changed": "~"}
FIELDS = ("name", "layer", "bypass", "frozen", "share_with")  # of a node, beside its settings


@dataclass(frozen=True)
class Change:
    """One thing in which two networks differ.

    Attributes:
        kind: whether the second one has it alone, the first one alone, or both otherwise.
        node: name of the node, in the second network where it is there.
        what: the setting or field, or "" for the node itself; `wire PORT` for what feeds a port.
        before: its value in the first network.
        after: its value in the second one.
    """

    kind: Kind
    node: str
    what: str = ""
    before: Json | Missing = MISSING
    after: Json | Missing = MISSING

    @property
    def text(self) -> str:
        """The change in one line."""
        start = f"{SIGNS[self.kind]} {printable(self.node)}"
        if not self.what:
            return f"{start} ({printable(self.after if self.kind == 'added' else self.before)})"
        return f"{start}: {printable(self.what)} {_said(self.before)} → {_said(self.after)}"


def _said(value: Json | Missing) -> str:
    return "default" if isinstance(value, Missing) else printable(value)


def changes(before: Graph, after: Graph) -> tuple[Change, ...]:
    """Returns everything in which two networks differ, but places, frames and looks; the order is the second one's.

    Nodes are the same that have one id, as in two states of a project; of the others, those of one name.

    Args:
        before: the first network.
        after: the second one.
    """
    partner = _partners(before, after)
    found = [Change("removed", node.name, before=node.layer) for node in before if node.id not in partner.values()]
    for node in after:
        old = partner.get(node.id)
        if old is None:
            found.append(Change("added", node.name, after=node.layer))
        else:
            found += _changes_of(before.nodes[old], node, partner)
            found += _wires(before, after, (old, node), partner)
    return tuple(found)


def _partners(before: Graph, after: Graph) -> dict[str, str]:
    """Id of a node in the second network → id of the same one in the first."""
    found = {node.id: node.id for node in after if node.id in before.nodes}
    free = {node.name: node.id for node in before if node.id not in found}
    return found | {node.id: free[node.name] for node in after if node.id not in found and node.name in free}


def _changes_of(old: Node, new: Node, partner: Mapping[str, str]) -> list[Change]:
    """What is other at a node itself."""
    found = []
    for name in FIELDS:
        one, other = getattr(old, name), getattr(new, name)
        if name == "share_with" and one == partner.get(other, other):
            continue
        if one != other:
            found.append(Change("changed", new.name, name, one, other))
    for table, stem in (("params", ""), ("init", "init.")):
        mine, theirs = getattr(old, table), getattr(new, table)
        for key in dict.fromkeys((*mine, *theirs)):
            one, other = mine.get(key, MISSING), theirs.get(key, MISSING)
            if one != other or type(one) is not type(other):
                found.append(Change("changed", new.name, f"{stem}{key}", one, other))
    return found


def _wires(before: Graph, after: Graph, ends: tuple[str, Node], partner: Mapping[str, str]) -> list[Change]:
    """Ports of a node that are fed otherwise."""
    old, node = ends
    mine, theirs = before.incoming[old], after.incoming[node.id]
    found = []
    for port in dict.fromkeys((*mine, *theirs)):
        one, other = mine.get(port), theirs.get(port)
        same = other is not None and one == Port(partner.get(other.node, ""), other.name)
        if not same:
            found.append(Change("changed", node.name, f"wire {port}", _source(before, one), _source(after, other)))
    return found


def _source(graph: Graph, port: Port | None) -> str:
    return "nothing" if port is None else f"{graph.nodes[port.node].name}.{port.name}"


def cost_change(before: Graph, after: Graph) -> dict[str, tuple[int, int]]:
    """Returns parameters, multiply-adds and memory of both networks, as far as they are known."""
    one, other = total(costs(before).values()), total(costs(after).values())
    return {name: (one[name], other[name]) for name in one}
