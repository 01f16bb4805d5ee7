"""How a graph differs from one that it was made of, for what is computed node by node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.core.graph import Graph, Node, Port


@dataclass(frozen=True)
class Difference:
    """The nodes of a graph of which something is another than before that is computed with; places are not.

    Attributes:
        nodes: those that are new, or have another name, layer, settings, bypass or owner of their weights.
        coming: those that are new, or into which other wires lead.
        leaving: those that are new, or which other wires leave.
        keeps_order: whether all nodes come in the same order.
    """

    nodes: frozenset[str]
    coming: frozenset[str]
    leaving: frozenset[str]
    keeps_order: bool


def difference(before: Graph, after: Graph) -> Difference:
    """Returns how a graph differs from an earlier one; parts that are the same objects are not looked into."""
    nodes: list[str] = []
    coming: list[str] = []
    leaving: list[str] = []
    if after.nodes is not before.nodes:
        old, now = before.nodes, after.nodes
        nodes = [id_ for id_ in now if old.get(id_) is not now[id_] and _differs(old.get(id_), now[id_])]
    if after.incoming is not before.incoming:
        came, come = before.incoming, after.incoming
        coming = [id_ for id_ in come if came.get(id_) is not come[id_] and _is_other(came.get(id_), come[id_])]
    if after.outgoing is not before.outgoing:
        leaving = [id_ for id_, wires in after.outgoing.items() if before.outgoing.get(id_) != wires]
    keeps_order = after.order is before.order or after.order == before.order
    return Difference(frozenset(nodes), frozenset(coming), frozenset(leaving), keeps_order)


def _differs(before: Node | None, now: Node) -> bool:
    if before is None or (before.name, before.layer, before.bypass) != (now.name, now.layer, now.bypass):
        return True
    return before.params is not now.params or before.share_with != now.share_with  # as JSON, 1 and true are not equal


def _is_other(before: Mapping[str, Port] | None, now: Mapping[str, Port]) -> bool:
    return before is None or list(before.items()) != list(now.items())
