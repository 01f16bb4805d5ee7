"""The wheel has what the program needs besides its code, and both it and the checkout find it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from workbench.core import resources

WHERE = """
import json, workbench
from pathlib import Path
from workbench.core.resources import example, resource
from workbench.data.config import DataConfig
from workbench.data.loading import load
from workbench.project import storage
from workbench.layers.spec import REGISTRY as LAYERS
from workbench.project.templates.spec import REGISTRY as TEMPLATES
print(json.dumps({
    "package": workbench.__file__,
    "digits": str(resource("digits")),
    "example": str(example("lenet5-digits.cnn")),
    "samples": load(DataConfig(), Path()).size("test"),
    "nodes": len(storage.load(example("lenet5-digits.cnn")).graph.nodes),
    "layers": len(LAYERS),
    "templates": len(TEMPLATES),
}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = folder.glob("*.whl")
    return file


def answers(path: Path, folder: Path) -> dict[str, object]:
    """What the program found in `path` says, run from another folder."""
    environment = {**os.environ, "PYTHONPATH": str(path)}
    done = subprocess.run(
        [sys.executable, "-c", WHERE], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_it_holds_code_data_and_example_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert "workbench/_projects/lenet5-digits.cnn" in names
    beside = {path.relative_to(ROOT / "resources") for path in (ROOT / "resources").rglob("*") if path.is_file()}
    assert beside
    assert {f"workbench/_resources/{path.as_posix()}" for path in beside} <= names
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "workbench").rglob("*.py")}
    assert code <= names
    assert not [name for name in names if name.startswith(("tests/", "bench/", "scripts/")) or "__pycache__" in name]
    assert not [name for name in names if ".runs/" in name or ".files/" in name]


def test_it_has_the_console_script_and_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (scripts,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        assert "cnn-workbench = workbench.__main__:main" in archive.read(scripts).decode()
        assert [name for name in archive.namelist() if name.endswith("licenses/LICENSE")]


def test_installed_it_finds_its_own(wheel: Path, tmp_path: Path) -> None:
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    found = answers(site, elsewhere)
    for name in ("package", "digits", "example"):
        assert Path(str(found[name])).is_relative_to(site), name
    assert found["samples"] == 1000
    checkout = answers(ROOT, elsewhere)
    for name in ("samples", "nodes", "layers", "templates"):
        assert found[name] == checkout[name]


def test_a_checkout_finds_its_own(tmp_path: Path) -> None:
    found = answers(ROOT, tmp_path)
    assert Path(str(found["digits"])) == ROOT / "resources" / "digits"
    assert Path(str(found["example"])) == ROOT / "projects" / "lenet5-digits.cnn"
    assert resources.PACKAGE.parent == ROOT
