"""Edits of what a node is marked with: bypassed, frozen, and the problems that have a fix."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from workbench.core.edits import CompositeGraphEdit, GraphEdit, SetField
from workbench.core.graph import Graph
from workbench.gui.document.session import Derived
from workbench.layers.spec import find
from workbench.model.mending import Fix

VERBS = {
    ("bypass", True): "Bypass",
    ("bypass", False): "Use",
    ("frozen", True): "Freeze",
    ("frozen", False): "Unfreeze",
}


def flipped(graph: Graph, ids: Collection[str], field: Literal["bypass", "frozen"]) -> CompositeGraphEdit | None:
    """The edit that marks nodes, or takes the mark off if all have it; only what has weights can be frozen.

    Args:
        graph: the network.
        ids: the nodes.
        field: which mark.

    Returns:
        None if there is nothing to mark.
    """
    nodes = [graph.nodes[id_] for id_ in ids]
    if field == "frozen":
        nodes = [node for node in nodes if node.frozen or ((cls := find(node.layer)) is not None and cls.trains)]
    if not nodes:
        return None
    wanted = not all(getattr(node, field) for node in nodes)
    changed = [node for node in nodes if getattr(node, field) != wanted]
    what = changed[0].name if len(changed) == 1 else f"{len(changed)} nodes"
    edits = (SetField(node.id, field, not wanted, wanted, node.name) for node in changed)
    return CompositeGraphEdit(tuple(edits), f"{VERBS[field, wanted]} {what}")


def first_fix(derived: Derived, id_: str) -> Fix | None:
    """The first fix of the first problem of a node, or None."""
    problem = derived.first_problems.get(derived.graph.nodes[id_].name)
    return problem.fixes[0] if problem and problem.fixes else None


def fixes_of(derived: Derived, ids: Collection[str]) -> GraphEdit | None:
    """The edit that applies the first fix of each of these nodes, one after the other; None without any."""
    edits: list[GraphEdit] = []
    texts: list[str] = []
    for id_ in ids:
        fix = first_fix(derived, id_) if id_ in derived.graph.nodes else None
        if fix is not None and isinstance(fix.edit, GraphEdit):
            edits.append(fix.edit)
            texts.append(fix.text)
            derived = Derived(fix.edit.apply(derived.graph))
    if not edits:
        return None
    return CompositeGraphEdit(tuple(edits), texts[0] if len(texts) == 1 else f"Fix {len(texts)} problems")
