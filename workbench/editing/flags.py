"""Edits of what a node is marked with: bypassed, frozen, and the problems that have a fix."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from workbench.core.edits import CompositeGraphEdit, GraphEdit, SetField
from workbench.core.graph import Graph
from workbench.layers.spec import find
from workbench.model.analysis import Analysis
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


def fixes_for(analysis: Analysis, id_: str) -> Sequence[Fix]:
    """Returns the fixes of the first problem of a node, the best first."""
    problem = analysis.first_problems.get(analysis.graph.nodes[id_].name)
    return problem.fixes if problem is not None else ()


def first_fix(analysis: Analysis, id_: str) -> Fix | None:
    """Returns the first fix of the first problem of a node, or None."""
    return next(iter(fixes_for(analysis, id_)), None)


def fixes_of(analysis: Analysis, ids: Collection[str]) -> GraphEdit | None:
    """The edit that applies the first fix of each of these nodes, one after the other; None without any."""
    edits: list[GraphEdit] = []
    texts: list[str] = []
    for id_ in ids:
        fix = first_fix(analysis, id_) if id_ in analysis.graph.nodes else None
        if fix is not None and isinstance(fix.edit, GraphEdit):
            edits.append(fix.edit)
            texts.append(fix.text)
            analysis = Analysis(fix.edit.apply(analysis.graph))
    if not edits:
        return None
    return CompositeGraphEdit(tuple(edits), texts[0] if len(texts) == 1 else f"Fix {len(texts)} problems")
