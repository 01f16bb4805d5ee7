"""Runs the tour: makes the application, reads the options of the command line, and leaves nothing behind."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from PyQt6.QtCore import QSize

from workbench.core.errors import UsageError
from workbench.core.resources import example
from workbench.gui.app.application import EXAMPLE, make_app, quiet_qt
from workbench.gui.app.tour import Options, take_tour
from workbench.gui.widgets import theme as themes
from workbench.project import storage
from workbench.project.recovery import state_folder
from workbench.project.relocate import placed

SIZE = re.compile(r"(\d{3,4})x(\d{3,4})\Z")


def run(path: str, out: Path, size: str, theme: str) -> int:
    """Takes the tour; how many pictures it left.

    Raises:
        UsageError: size or theme are wrong.
        WorkbenchError: the project cannot be read, or a step did not come to its end.
    """
    options = Options(out, _sizes(size), _themes(theme))
    file = Path(path) if path else example(EXAMPLE)
    project = placed(storage.load(file), file, state_folder() / file.name)
    quiet_qt()
    app = make_app()
    files = take_tour(project, options, lambda text: print(text, file=sys.stderr, flush=True))
    app.processEvents()
    return len(files)


def _sizes(text: str) -> tuple[QSize, ...]:
    found = [SIZE.match(part.strip()) for part in text.split(",")]
    if not all(found):
        raise UsageError(f'"{text}" is no list of sizes such as 1280x800,2560x1440.')
    return tuple(QSize(int(each[1]), int(each[2])) for each in found if each)


def _themes(text: str) -> tuple[themes.Theme, ...]:
    chosen = {"dark": (themes.DARK,), "light": (themes.LIGHT,), "both": (themes.DARK, themes.LIGHT)}
    if text not in chosen:
        raise UsageError(f'There is no theme "{text}": dark, light or both.')
    return chosen[text]
