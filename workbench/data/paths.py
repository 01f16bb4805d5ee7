"""Where a source's files lie."""

from __future__ import annotations

from pathlib import Path

from workbench.core.errors import UnreadableError
from workbench.core.files import expanded


def locate(path: str, folder: Path) -> Path:
    """Returns the path that a person named: `~` is their home, a relative one starts from the project's folder."""
    try:
        return folder / expanded(Path(path))
    except UnreadableError:  # `~name` of nobody
        return folder / path
