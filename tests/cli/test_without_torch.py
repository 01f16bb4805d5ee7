"""What needs no torch works without it, and what needs nothing at all is quick."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.graph_factories import default, drawn, without
from workbench.project import storage
from workbench.project.document import Project

ROOT = Path(__file__).parents[2]

BLOCKED = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"torch", "torchvision", "PyQt6", "pyqtgraph", "superqt", "qtawesome"}:
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Blocker())
sys.argv = ["cnn-workbench", *sys.argv[1:]]
from workbench.__main__ import main
sys.exit(main())
"""

LOADED = """
import sys
from workbench.__main__ import main
sys.argv = ["cnn-workbench", *sys.argv[1:]]
code = main()
heavy = {"torch", "torchvision", "PyQt6", "pydantic", "numpy", "PIL", "safetensors", "rich"}
print(code, sorted({name.split(".")[0] for name in sys.modules} & heavy), file=sys.stderr)
"""


def python(code: str, *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *map(str, words)]
    with tempfile.TemporaryDirectory() as home:  # for reports
        environment = {**os.environ, "XDG_STATE_HOME": home, "HOME": home, "LOCALAPPDATA": home}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_blocker_blocks(tmp_path: Path) -> None:
    storage.save(Project("id", drawn("lenet5")), tmp_path / "net.cnn")
    done = python(BLOCKED, "evaluate", tmp_path / "net.cnn")
    assert done.returncode != 0
    assert "torch is blocked" in done.stderr


def test_check_works_without_torch(tmp_path: Path) -> None:
    storage.save(Project("id", without(drawn("lenet5"), "flatten")), tmp_path / "net.cnn")
    done = python(BLOCKED, "check", tmp_path / "net.cnn", "--json")
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["problems"][0]["fixes"] == ["Insert Flatten before fc1"]


def test_summary_works_without_torch(tmp_path: Path) -> None:
    storage.save(Project("id", default("resnet18")), tmp_path / "net.cnn")
    done = python(BLOCKED, "summary", tmp_path / "net.cnn", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["total"]["parameters"] == 11_689_512


def test_new_and_runs_work_without_torch(tmp_path: Path) -> None:
    made = python(BLOCKED, "new", "small-resnet", tmp_path / "net.cnn")
    assert made.returncode == 0, made.stderr
    listed = python(BLOCKED, "runs", tmp_path / "net.cnn", "--json")
    assert (json.loads(listed.stdout), listed.stderr) == ({"runs": []}, "")


def test_help_loads_nothing_heavy() -> None:
    """What keeps `--help` below half a second."""
    done = python(LOADED, "--help")
    assert "Usage: cnn-workbench" in done.stdout
    assert done.stderr.strip() == "0 []"


def test_help_of_a_command_loads_little_more() -> None:
    """Newer versions of typer take pydantic in to read a command's options."""
    done = python(LOADED, "train", "--help")
    assert "Usage: cnn-workbench train" in done.stdout
    assert done.stderr.strip() in ("0 []", "0 ['pydantic']")
