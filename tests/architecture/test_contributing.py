"""The examples of CONTRIBUTING are dropped into a copy of the project, which then finds, shows and tests them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

BLOCK = re.compile(r"^```python\n# (workbench/\S+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COPIED = ("workbench", "tests", "resources", "projects", "pyproject.toml", "CONTRIBUTING.md")
KINDS = {
    "workbench/layers/tanhshrink.py": "Tanhshrink",
    "workbench/data/sources/noise.py": "noise",
    "workbench/insight/views/strongest.py": "strongest",
    "workbench/project/templates/perceptron.py": "perceptron",
    "workbench/project/blocks/gate.py": "gate",
    "workbench/training/metrics/mse.py": "mse",
    "workbench/model/exports/pth.py": "pth",
    "workbench/model/imports/stack.py": "stack",
    "workbench/training/optimizers/nadam.py": "NAdam",
    "workbench/training/schedules/exponential.py": "exponential",
    "workbench/data/augmentations/gamma.py": "gamma",
}
FOUND = """
import json
from workbench.data.augmentations.spec import REGISTRY as AUGMENTATIONS
from workbench.data.spec import REGISTRY as SOURCES
from workbench.gui.editor.palette import Palette
from workbench.insight.spec import REGISTRY as VIEWS
from workbench.layers.spec import REGISTRY as LAYERS
from workbench.model.exports.spec import REGISTRY as EXPORTERS
from workbench.model.imports.spec import REGISTRY as IMPORTERS
from workbench.training.metrics.spec import REGISTRY as METRICS
from workbench.project.blocks.spec import REGISTRY as BLOCKS
from workbench.project.templates.spec import REGISTRY as TEMPLATES
from workbench.training.optimizers.spec import REGISTRY as OPTIMIZERS
from workbench.training.schedules.spec import REGISTRY as SCHEDULES
ALL = (LAYERS, SOURCES, VIEWS, TEMPLATES, BLOCKS, METRICS, EXPORTERS, IMPORTERS, OPTIMIZERS, SCHEDULES, AUGMENTATIONS)
print(json.dumps([name for registry in ALL for name in registry]))
"""
FORMS = """
import json
from PyQt6.QtWidgets import QApplication
from workbench.data.config import AugmentSettings
from workbench.gui.document.session import Session
from workbench.gui.training.panel import SETTINGS
from workbench.gui.forms.settings_form import SettingsForm
from workbench.project.document import Project
from workbench.project.settings import setting_edit
from workbench.training.config import TrainingConfig
app = QApplication([])
session = Session(Project("id"))
training = SettingsForm(session, TrainingConfig, "training", SETTINGS)
augment = SettingsForm(session, AugmentSettings, "data.augment")
training.show()
boxes = {name: training.editors[name].widget for name in ("optimizer", "schedule")}
for name, choice in (("optimizer", "NAdam"), ("schedule", "exponential")):
    boxes[name].setCurrentText(choice)
training.editors["optimizers.NAdam.beta1"].widget.setValue(0.8)
shown = [name for name, editor in training.editors.items() if editor.widget.isVisible()]
print(json.dumps([shown, boxes["optimizer"].toolTip(), list(augment.editors), dict(session.project.training)]))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the examples in it."""
    folder = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.runs"))
        else:
            shutil.copy(source, folder / name)
    for name, text in examples().items():
        assert not (folder / name).exists(), f"{name} is there already"
        (folder / name).write_text(text, "utf-8")
    return folder


def examples() -> dict[str, str]:
    """The examples by the file that each is."""
    return dict(BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8")))


def said(folder: Path, *command: str) -> str:
    """What a command says, run by this interpreter with the package of the copy."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_each_kind_has_an_example() -> None:
    assert set(examples()) == set(KINDS)


def test_registries_find_them(copy: Path) -> None:
    assert set(KINDS.values()) <= set(json.loads(said(copy, "-c", FOUND)))


def test_forms_find_them(copy: Path) -> None:
    shown, tip, augmentations, training = json.loads(said(copy, "-c", FORMS))
    assert {"optimizers.NAdam.beta1", "optimizers.NAdam.beta2", "schedules.exponential.gamma"} <= set(shown)
    assert not {"optimizers.Adam.beta1", "schedules.one_cycle.warmup"} & set(shown)
    assert "NAdam: Does what Adam does, and looks ahead along the momentum" in tip
    assert "gamma" in augmentations
    assert training == {"optimizer": "NAdam", "schedule": "exponential", "optimizers": {"NAdam": {"beta1": 0.8}}}


@pytest.mark.slow
def test_the_command_line_finds_them(copy: Path) -> None:
    listed = said(copy, "-m", "workbench", "new", "--list")
    assert "perceptron" in listed
    for name in ("noise", "NAdam", "exponential", "gamma"):
        assert name in listed
    said(copy, "-m", "workbench", "new", "perceptron", "net.cnn", "--data", "noise")
    assert "fc" in said(copy, "-m", "workbench", "summary", "net.cnn")
    words = ("training.beta1=0.8", "training.gamma=0.5", "training.optimizer=NAdam", "training.schedule=exponential")
    settings = [part for word in (*words, "data.augment.gamma=0.3") for part in ("--set", word)]
    said(copy, "-m", "workbench", "train", "net.cnn", "--epochs", "1", *settings)
    record = json.loads((copy / "net.runs" / "run-001" / "run.json").read_text("utf-8"))
    assert record["training"]["optimizers"] == {"NAdam": {"beta1": 0.8, "beta2": 0.999}}
    assert record["training"]["schedules"] == {"exponential": {"gamma": 0.5}}
    assert record["data"]["augment"] == {"gamma": 0.3}
    assert "strongest" in said(copy, "-m", "workbench", "look", "--help")
    said(copy, "-m", "workbench", "look", "net.cnn", "--layer", "image", "--view", "strongest", "--out", "look.png")


@pytest.mark.slow
def test_the_command_line_finds_metric_and_exporter(copy: Path) -> None:
    said(copy, "-m", "workbench", "new", "autoencoder", "auto.cnn", "--data", "noise")
    said(copy, "-m", "workbench", "check", "auto.cnn")
    said(copy, "-m", "workbench", "train", "auto.cnn", "--epochs", "1", "--set", "training.monitor=mse")
    assert "squared" in said(copy, "-m", "workbench", "runs", "auto.cnn")  # the table breaks its lines between words
    assert "mean squared error 0." in said(copy, "-m", "workbench", "evaluate", "auto.cnn")
    assert "pth (.pth): " in " ".join(said(copy, "-m", "workbench", "export", "--help").split())
    said(copy, "-m", "workbench", "export", "auto.cnn", "--to", "pth", "auto.pth")
    said(copy, "-m", "workbench", "evaluate", "auto.cnn", "--weights", "auto.pth")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tests", "name"),
    [("test_every_metric_is_shown.py", "mse"), ("test_exporting.py", "pth")],
)
def test_the_window_finds_metric_and_exporter(copy: Path, tests: str, name: str) -> None:
    """The tests of the window press the new entry of the menu, and look for the new curve and column."""
    answer = said(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/gui/{tests}", "-k", name)
    assert re.search(r"[1-9]\d* passed", answer)


@pytest.mark.slow
def test_the_contract_tests_find_them(copy: Path) -> None:
    pytest_quiet = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
    listed = said(copy, *pytest_quiet, "tests/contracts", "--collect-only").splitlines()
    own = {line: set(KINDS.values()) & set(re.split(r"[\[\]-]", line.partition("::")[2])) for line in listed}
    assert set().union(*own.values()) == set(KINDS.values())
    tests = [line for line, names in own.items() if names]
    passed = re.search(r"(\d+) passed", said(copy, *pytest_quiet, *tests))
    assert passed is not None
    assert int(passed[1]) > 100
