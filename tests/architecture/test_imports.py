"""Imports run one way, and torch is loaded only where the list in pyproject.toml says so."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from fnmatch import fnmatch

from tests.architecture.sources import ROOT, imported, modules

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["workbench"]
LISTED = set(SETTINGS["torch_modules"])
HEAVY = ("torch", "torchvision", "torchmetrics", "safetensors.torch")


def is_heavy(name: str) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in HEAVY)


def is_module_of_a_layer(name: str) -> bool:
    return fnmatch(f"{name.replace('.', '/')}.py", SETTINGS["torch_folders"])


def needing_torch() -> set[str]:
    """Modules that load torch when they are imported, directly or through another module of ours."""
    known = modules()
    found = {name for name in known if any(map(is_heavy, imported(name)))}
    while more := {name for name in known if name not in found and imported(name) & found}:
        found |= more
    return found


def test_contracts_hold() -> None:
    command = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_torch_is_loaded_by_the_listed_modules_and_no_others() -> None:
    found = {name for name in needing_torch() if not is_module_of_a_layer(name)}
    assert sorted(found - LISTED) == [], "these load torch but are not listed in pyproject.toml, [tool.workbench]"
    assert sorted(LISTED - found) == [], "these are listed but do not exist or do not load torch"


def test_modules_of_layers_need_torch() -> None:
    beside = {name for name in modules() if is_module_of_a_layer(name)}
    assert beside
    assert beside <= needing_torch()


def test_every_other_module_can_be_imported_without_torch_and_qt() -> None:
    light = sorted(
        name
        for name in modules()
        if name not in LISTED and not is_module_of_a_layer(name) and not name.startswith("workbench.gui")
    )
    assert "workbench.cli.check" in light
    code = (
        "import importlib, sys\n"
        "class Blocker:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('torch', 'torchvision', 'torchmetrics', 'PyQt6', 'pyqtgraph'):\n"
        "            raise ImportError(name + ' is blocked')\n"
        "sys.meta_path.insert(0, Blocker())\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module(name)\n"
        "print(len(sys.argv) - 1)\n"
    )
    command = [sys.executable, "-c", code, *light]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(len(light))


def test_qt_is_named_only_in_the_window() -> None:
    for name in modules():
        if not name.startswith("workbench.gui"):
            roots = {each.split(".")[0] for each in imported(name)}
            assert not roots & {"PyQt6", "pyqtgraph", "superqt", "qtawesome"}, name


def test_background_jobs_are_made_in_one_place() -> None:
    worker, job = "workbench.gui.threads.worker", "workbench.gui.threads.latest_job"
    assert sorted(name for name in modules() if f"{worker}.BackgroundJob" in imported(name)) == [job]
