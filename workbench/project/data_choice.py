"""The edit that gives a project other data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from workbench.core.files import check_path
from workbench.core.values import Json
from workbench.project.document import Project, SetSetting
from workbench.project.storage import home_of, stored_path


def choose_data(project: Project, source: str, options: Mapping[str, Json], file: Path | None) -> SetSetting:
    """Another source with its options; split, batches and augmentation stay as they are.

    Args:
        project: the document.
        source: name of the source.
        options: its settings; a path below the project's folder is kept relative.
        file: of the project, or None while it has none.

    Raises:
        UnreadableError: the path is none that a project can hold.
    """
    kept = dict(options)
    path = kept.get("path")
    if isinstance(path, str):
        check_path(Path(path))
    if isinstance(path, str) and Path(path).is_absolute() and file is not None:
        kept["path"] = stored_path(Path(path), home_of(file))
    after = {**project.data, "source": source, "options": kept}
    return SetSetting("data", (), project.data, after)
