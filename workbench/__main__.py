"""The program's entry: the only module that knows both the command line and the window."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

from workbench.core import process
from workbench.core.errors import UsageError, WorkbenchError

TOUR = Path("cnn-workbench-tour")


def open_window(path: str) -> int:
    """Opens the window on a project; without a screen and without a project it takes the tour instead.

    Raises:
        WorkbenchError: there is no screen for the project's window, or it cannot be read.
    """
    from workbench import cli
    from workbench.gui.app.screen import screen_problem

    problem = screen_problem()
    if problem and not path:
        cli.say(f"{problem} So the window is shown in pictures instead.")
        from workbench.cli import tour

        return tour.run(take_tour, None, TOUR, "1280x800", "both")
    if problem:
        raise UsageError(f"{problem} Everything works from the command line too: cnn-workbench --help.")
    app, opening = _gui("app.opening").begin(path)
    code: int = _gui("app.start").run(path, app)
    del opening
    return code


def take_tour(path: str, out: Path, size: str, theme: str) -> int:
    """Takes the tour, offscreen where there is no screen; how many pictures it left.

    Raises:
        WorkbenchError: an option is wrong, or a step did not come to its end.
    """
    from workbench.gui.app.screen import screen_problem

    if screen_problem():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return _gui("app.tour_command").run(path, out, size, theme)  # type: ignore[no-any-return]


def paint(graph: Any, suffix: str, *, colours: str, background: str) -> bytes:
    """Draws a network as the canvas does, offscreen; the bytes of a picture.

    Raises:
        WorkbenchError: a library of the window is missing.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    drawn: bytes = _gui("app.painting").paint(graph, suffix, colours=colours, background=background)
    return drawn


def _gui(module: str) -> Any:
    """A module of the window, or a sentence about what keeps it from being loaded."""
    try:
        return importlib.import_module(f"workbench.gui.{module}")
    except ImportError as error:
        raise WorkbenchError(
            f"The window needs a library that is missing here: {error}. On Debian and Ubuntu: apt install libegl1 "
            "libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1."
        ) from error


def main() -> int:
    """Runs the program; gives its exit code."""
    process.prepare()
    process.quiet()
    from workbench import cli

    return cli.main(open_window, cli.Shown(take_tour, paint))


if __name__ == "__main__":
    sys.exit(main())
