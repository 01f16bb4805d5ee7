"""Paths to data and pictures that follow when their project moves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from workbench.core.errors import UnreadableError
from workbench.core.values import Json
from workbench.project.document import CompositeEdit, Project, SetSetting
from workbench.project.storage import home_of, stored_path


def moved_paths(project: Project, before: Path, after: Path) -> CompositeEdit | None:
    """The edit that makes a project's paths mean the same from its new place; None if they do already.

    Args:
        project: the document.
        before: its file until now.
        after: its file from now on.
    """
    old, new = home_of(before), home_of(after)
    if old == new:
        return None
    edits = []
    options = project.data.get("options")
    path = options.get("path") if isinstance(options, Mapping) else None
    if isinstance(path, str) and path:
        moved = _moved(path, old, new)
        if moved != path:
            edits.append(SetSetting("data", ("options", "path"), path, moved))
    probes = tuple(_moved_probe(probe, old, new) for probe in project.probes)
    if probes != project.probes:
        edits.append(SetSetting("probes", (), project.probes, probes))
    return CompositeEdit(tuple(edits), "Keep paths right") if edits else None


def placed(project: Project, before: Path, after: Path) -> Project:
    """The project with paths that mean the same from its new place."""
    edit = moved_paths(project, before, after)
    return project if edit is None else project.apply(edit)


def _moved_probe(probe: Json, old: Path, new: Path) -> Json:
    if isinstance(probe, Mapping) and isinstance(probe.get("picture"), str) and probe["picture"]:
        return {**probe, "picture": _moved(probe["picture"], old, new)}
    return probe


def _moved(path: str, old: Path, new: Path) -> str:
    """The path from the new place; one that leads nowhere at all stays as it is, so that the project can be saved."""
    try:
        return stored_path(old / path, new)
    except UnreadableError:
        return path
