"""What a run keeps of its data so that its weights go on meaning the same, such as which number each word has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.core.errors import UnreadableError, WorkbenchError
from workbench.core.files import is_folder
from workbench.core.values import Json
from workbench.data.loading import load, source_of
from workbench.project.document import Project
from workbench.project.storage import runs_folder
from workbench.training.run_folder import RunFolder

KEPT = "kept"  # their place in run.json


def kept_of(run: RunFolder) -> dict[str, Json]:
    """Returns the options of the data source that a run keeps; none where it keeps nothing.

    Raises:
        UnreadableError: the record is damaged.
    """
    found: Any = run.record().get(KEPT, {}) if is_folder(run.path) else {}
    if not isinstance(found, Mapping):
        raise UnreadableError(run.path / "run.json", "it is damaged: it should be a table.", field=KEPT)
    return dict(found)


def kept_with(file: Path, origin: str) -> dict[str, Json]:
    """Returns what the run that weights are from keeps; nothing of weights from elsewhere, or of none.

    Args:
        file: of the project.
        origin: where the weights are from, by `Trained.origin`.

    Raises:
        UnreadableError: the record of the run is damaged.
    """
    return kept_of(RunFolder(runs_folder(file) / origin)) if origin else {}


def as_trained(project: Project, run: RunFolder, folder: Path) -> tuple[Project, tuple[str, ...]]:
    """Returns a project whose data are told in the numbers that a run learnt, and what is to be said about it.

    It is the project itself where its data have those numbers anyway, or are of another kind.

    Args:
        project: as it is now.
        run: whose weights are used.
        folder: where relative paths of the data start.

    Raises:
        UnreadableError: the record of the run is damaged.
    """
    kept = kept_of(run)
    if not kept:
        return project, ()
    told: tuple[str, ...] = ()
    try:
        config = project.data_config()
        source = source_of(config)
        if not set(kept) <= set(type(source).model_fields):
            return project, ()
        if dict(source.kept(load(config, folder))) == kept:
            return project, ()
        told = (f"Words have the numbers that {run.name} learnt; by the data they would have others now.",)
    except UnreadableError:
        pass  # words have their numbers without the data too
    except WorkbenchError:
        return project, ()
    options = project.data.get("options", {})
    own: Mapping[str, Json] = options if isinstance(options, Mapping) else {}
    return replace(project, data={**project.data, "options": {**own, **kept}}), told
