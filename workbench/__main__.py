"""The program's entry: the only module that knows both the command line and the window."""

from __future__ import annotations

import sys

from workbench.core import process


def open_window(path: str) -> int:
    """Opens the window on a project."""
    from workbench.cli import say

    say(
        "This version has no window yet; everything works from the command line. "
        f"Try: cnn-workbench train {path or 'projects/lenet5-digits.cnn'}   (all commands: cnn-workbench --help)"
    )
    return 2


def main() -> int:
    """Runs the program; gives its exit code."""
    process.prepare()
    from workbench import cli

    return cli.main(open_window)


if __name__ == "__main__":
    sys.exit(main())
