"""Modules of this program that run as processes of their own, with bounded time, for files that it does not trust."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from workbench.core.errors import UnreadableError
from workbench.core.resources import PACKAGE


def run_module(
    module: str, *words: str, folder: Path, about: Path, doing: str, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Runs a module of this very program, wherever that runs from, and returns how it ended and what it wrote.

    Args:
        module: its dotted name.
        words: its arguments.
        folder: where it runs.
        about: the file that it reads, for the error.
        doing: what it does with that, for the error: "reading".
        seconds: how long it may take.

    Raises:
        UnreadableError: it took longer.
    """
    roots = os.pathsep.join(filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH", ""))))
    try:
        return subprocess.run(
            [sys.executable, "-m", module, *words], cwd=folder, env={**os.environ, "PYTHONPATH": roots},
            capture_output=True, text=True, errors="replace", timeout=seconds, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise UnreadableError(about, f"{doing} it took more than {seconds:g} seconds; it was given up.") from None
