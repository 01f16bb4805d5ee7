"""The program called from a folder full of modules that are not its own: none of them is run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = ("typer", "numpy", "html", "torch", "PIL", "json", "pydantic", "click", "rich", "__future__", "dataclasses")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder whose modules leave a mark when they are run."""
    for name in NAMES:
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'RAN')!r}, 'a').write({name!r})\n")
    return tmp_path


def started(*words: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, "CNN_WORKBENCH_VENV": sys.prefix, "XDG_STATE_HOME": str(folder / "state"), **more}
    return subprocess.run(words, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=120, check=False)


def as_module(module: str, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return started(sys.executable, "-m", module, *words, folder=folder, PYTHONPATH=str(ROOT))


@pytest.mark.parametrize("words", [("--help",), ("new", "lenet5", "a.cnn"), ("doctor",)])
def test_python_m_workbench_runs_nothing_of_the_current_folder(hostile: Path, words: tuple[str, ...]) -> None:
    done = as_module("workbench", *words, folder=hostile)
    assert done.returncode == 0, done.stderr
    assert not (hostile / "RAN").exists()


def test_a_module_of_the_package_neither(hostile: Path) -> None:
    as_module("workbench.model.unpickling", "a.pth", "b.safetensors", folder=hostile)
    assert not (hostile / "RAN").exists()


def test_start_py_runs_nothing_of_the_current_folder(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also not while it would install: pip and venv are modules too."""
    commands: list[list[str]] = []
    (hostile / "contextlib.py").write_text((hostile / "html.py").read_text())  # what `-m` without -P would run itself
    script = (ROOT / "start.py").read_text("utf-8")
    space = {"__name__": "start", "__file__": str(ROOT / "start.py")}
    exec(compile(script, "start.py", "exec"), space)
    monkeypatch.setattr(sys, "argv", ["start.py", "check", "a.cnn"])
    monkeypatch.setitem(space, "install", lambda extra: Path(sys.executable))

    def run(command: list[str], **more: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return started(*command, folder=hostile, PYTHONPATH=str(ROOT))

    monkeypatch.setitem(space, "subprocess", type("Calls", (), {"run": staticmethod(run)}))
    space["main"]()  # type: ignore[operator]
    assert commands
    assert not (hostile / "RAN").exists()


def test_the_program_still_starts_from_its_own_folder() -> None:
    done = as_module("workbench", "--help", folder=ROOT)
    assert done.returncode == 0, done.stderr
