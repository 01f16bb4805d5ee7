"""Helper processes run this very program, and are given up when they take too long."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.errors import UnreadableError
from workbench.core.helper_process import run_module


def test_what_the_module_says_comes_back(tmp_path: Path) -> None:
    done = run_module("workbench", "--help", folder=tmp_path, about=tmp_path / "f", doing="reading", seconds=60)
    assert done.returncode == 0
    assert "summary" in done.stdout


def test_a_module_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "sleeper.py").write_text("import time\ntime.sleep(60)\n", "utf-8")
    with pytest.raises(UnreadableError, match=r"net\.pt: running it took more than 0\.5 seconds; it was given up"):
        run_module("sleeper", folder=tmp_path, about=Path("net.pt"), doing="running", seconds=0.5)
