"""Where the files that come with the program lie, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.core.files import exists, is_folder, resolved

PACKAGE = Path(__file__).resolve().parent.parent


def _inside(folder: str, name: str) -> Path:
    for root in (PACKAGE / f"_{folder}", PACKAGE.parent / folder):
        if exists(root / name):
            return root / name
    raise WorkbenchError(f"{folder}/{name} is missing from this installation; install the program again.")


def resource(name: str) -> Path:
    """A file or folder below `resources/`, such as `digits`.

    Raises:
        WorkbenchError: the installation lacks it.
    """
    return _inside("resources", name)


def example(name: str) -> Path:
    """A project below `projects/`, such as `lenet5-digits.cnn`.

    Raises:
        WorkbenchError: the installation lacks it.
    """
    return _inside("projects", name)


def is_example(path: Path) -> bool:
    """Whether a file is one of the projects that come with the program, which are never written to.

    Raises:
        UnreadableError: the path leads nowhere, as a link to itself does.
    """
    folders = (PACKAGE / "_projects", PACKAGE.parent / "projects")
    return resolved(path).parent in [resolved(folder) for folder in folders if is_folder(folder)]
