"""What stages of a training name in the graph: who can learn, what counts, what is wrong, and names that follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from workbench.core.edits import MISSING, Edit, GraphEdit
from workbench.core.errors import UsageError, printable
from workbench.core.graph import Graph
from workbench.core.names import is_within, prefixes
from workbench.core.values import Json
from workbench.layers.spec import find
from workbench.model.mending import Fix
from workbench.model.problems import Problem
from workbench.project.document import CompositeEdit, Project, setting
from workbench.training.config import Stage

ALIKE = 2  # how many names like a wrong one are offered


def learners(graph: Graph) -> list[str]:
    """Names of the nodes that can learn, in drawing order: those with weights of their own that are not frozen."""
    return [
        node.name
        for node in graph
        if (cls := find(node.layer)) and cls.trains and not (node.frozen or node.bypass or node.share_with)
    ]


def learning_groups(graph: Graph) -> list[str]:
    """Names of the groups that have a node that can learn, each outer one before those inside it."""
    return list(dict.fromkeys(prefix for name in learners(graph) for prefix in prefixes(name)))


def loss_weights(graph: Graph) -> dict[str, float]:
    """The loss nodes and how much each counts of its own, in drawing order."""
    found = {}
    for node in graph:
        cls = find(node.layer)
        if cls is not None and cls.is_loss:
            weight = node.params.get("weight", cls.model_fields["weight"].default)
            found[node.name] = float(weight) if isinstance(weight, int | float) else 1.0
    return found


def set_stages(project: Project, stages: Iterable[Stage], label: str, *, merges: bool = False) -> CompositeEdit:
    """The edit that gives a project other stages.

    Args:
        project: the document.
        stages: all of them; none makes the training one piece.
        label: what the menu says.
        merges: whether one with the same label that follows at once is the same step.
    """
    rows: list[Json] = [
        {"epochs": stage.epochs, **stage.model_dump(mode="json", exclude_defaults=True)} for stage in stages
    ]
    return CompositeEdit((setting(project, "training", ("stages",), rows or MISSING),), label, merges)


def stage_problems(project: Project) -> list[Problem]:
    """Stages that name what is not there, that let nobody learn or that count no loss; each with fixes."""
    try:
        stages = project.training_config().stages
    except UsageError:
        return []  # reported by whoever checks the settings
    found = []
    for at in range(len(stages)):
        found += [*_learning_problems(project, stages, at), *_loss_problems(project, stages, at)]
    return found


def _learning_problems(project: Project, stages: Sequence[Stage], at: int) -> list[Problem]:
    stage, graph = stages[at], project.graph
    strange = [name for name in stage.train if not any(is_within(node.name, name) for node in graph)]
    known = [*learners(graph), *learning_groups(graph)]
    found = []
    for name in strange:
        alike = get_close_matches(name, [each for each in known if each not in stage.train], ALIKE)
        fixes = [
            *_without(project, stages, at, [name]),
            *(_changed(project, stages, at, f"let {each} learn", train=_swapped(stage.train, name, (each,)))
              for each in alike),
        ]  # fmt: skip
        message = f'Stage {at + 1} lets "{printable(name)}" learn, but there is no node or group of that name.'
        found.append(Problem("", "", message, name, "a node or group", tuple(fixes)))
    can_learn = any(is_within(node, name) for name in stage.train for node in learners(graph))
    if stage.train and not strange and not can_learn:
        names = ", ".join(stage.train)
        message = f"Stage {at + 1} lets only {printable(names)} learn, which has no weights that could."
        fixes = _without(project, stages, at, stage.train)
        found.append(Problem("", "", message, names, "a node with weights", tuple(fixes)))
    return found


def _without(project: Project, stages: Sequence[Stage], at: int, names: Sequence[str]) -> list[Fix]:
    """Fixes that take names out of what learns; where nothing is left the stage goes, or everything learns."""
    left = tuple(name for name in stages[at].train if name not in names)
    if left:
        return [_changed(project, stages, at, f"take {names[0]} out", train=left)]
    text = f"Delete stage {at + 1}"
    rest = [*stages[:at], *stages[at + 1 :]]
    delete = Fix(text, set_stages(project, rest, text))
    return [delete, _changed(project, stages, at, "let every node learn", train=())]


def _loss_problems(project: Project, stages: Sequence[Stage], at: int) -> list[Problem]:
    stage, known = stages[at], loss_weights(project.graph)
    found = []
    for name in stage.losses:
        if name not in known:
            losses = {each: weight for each, weight in stage.losses.items() if each != name}
            message = f'Stage {at + 1} weighs the loss "{printable(name)}", but there is no loss node of that name.'
            fix = _changed(project, stages, at, f"take {name} out", losses=losses)
            found.append(Problem("", "", message, name, ", ".join(known) or "a loss node", (fix,)))
    if known and all(stage.losses.get(name) == 0 for name in known):
        message = f"Stage {at + 1} leaves out every loss, so nothing could be learnt in it."
        fix = _changed(project, stages, at, "let every loss count", losses={})
        found.append(Problem("", "", message, "no loss", "a loss that counts", (fix,)))
    return found


def _changed(project: Project, stages: Sequence[Stage], at: int, what: str, **fields: Any) -> Fix:
    text = f"In stage {at + 1}, {printable(what)}"
    changed = [*stages[:at], stages[at].model_copy(update=fields), *stages[at + 1 :]]
    return Fix(text, set_stages(project, changed, text))


def _swapped(names: Iterable[str], old: str, new: Iterable[str]) -> tuple[str, ...]:
    """The names with others in the place of one, each once."""
    return tuple(dict.fromkeys(each for name in names for each in (new if name == old else (name,))))


def followed(project: Project, edit: GraphEdit) -> Edit:
    """The edit, together with new names in the training settings where it renames what they name.

    Raises:
        GraphError: the edit does not fit the graph.
    """
    stages, monitor = project.training.get("stages"), project.training.get("monitor")
    has_stages = isinstance(stages, list | tuple) and bool(stages)
    kind, dot, loss = monitor.partition(".") if isinstance(monitor, str) else ("", "", "")
    if not has_stages and not dot:
        return edit
    after = edit.apply(project.graph)
    changed: dict[str, Json] = {}
    if has_stages and stages:
        rows = [_renamed(row, project.graph, after) if isinstance(row, Mapping) else row for row in stages]
        changed |= {"stages": rows} if rows != list(stages) else {}
    if dot and (name := _names_after(loss, project.graph, after)[0]) != loss:
        changed["monitor"] = f"{kind}.{name}"
    if not changed:
        return edit
    settings = (setting(project, "training", (key,), value) for key, value in changed.items())
    return CompositeEdit((edit, *settings), edit.text)


def _renamed(row: Mapping[str, Json], before: Graph, after: Graph) -> dict[str, Json]:
    """A stage as it is written, its names as they are after an edit."""
    changed = dict(row)
    train, losses = row.get("train"), row.get("losses")
    if isinstance(train, list | tuple):
        names = [new for name in train for new in _names_after(str(name), before, after)]
        changed["train"] = list(dict.fromkeys(names))
    if isinstance(losses, Mapping):
        changed["losses"] = {_names_after(name, before, after)[0]: weight for name, weight in losses.items()}
    return changed


def _names_after(name: str, before: Graph, after: Graph) -> list[str]:
    """How what a name means is called after an edit: a node, a group, or the nodes of a group that is no more."""
    meant = {node.id: node.name for node in before if is_within(node.name, name)}
    called = {id_: after.nodes[id_].name for id_ in meant if id_ in after.nodes}
    if not called or all(is_within(each, name) for each in called.values()):
        return [name]
    stems = {new.removesuffix(meant[id_].removeprefix(name)) for id_, new in called.items()}
    together = len(stems) == 1 and all(new == min(stems) + meant[id_].removeprefix(name) for id_, new in called.items())
    return [min(stems)] if together and min(stems) else list(called.values())
