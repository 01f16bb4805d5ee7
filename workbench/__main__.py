"""The program's entry: the only module that knows both the command line and the window."""

from __future__ import annotations

import sys

from workbench.core import process
from workbench.core.errors import WorkbenchError


def open_window(path: str) -> int:
    """Opens the window on a project.

    Raises:
        WorkbenchError: there is no screen, or the project cannot be read.
    """
    try:
        from workbench.gui import app
    except ImportError as error:
        raise WorkbenchError(f"The window needs a library that is missing here: {error}.") from error
    return app.run(path)


def main() -> int:
    """Runs the program; gives its exit code."""
    process.prepare()
    from workbench import cli

    return cli.main(open_window)


if __name__ == "__main__":
    sys.exit(main())
