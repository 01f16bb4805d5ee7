"""What all tests share."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # without a screen Qt would end the process

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project; tests that need it are skipped where it is not."""
    folder = Path(__file__).parents[1].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("shared data is not here")
    return folder


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of 12×12 pictures in three classes, told apart by where they are bright: 90 to learn, 30 to test."""
    random = np.random.default_rng(0)
    arrays: dict[str, Any] = {}
    for split, count in (("train", 90), ("test", 30)):
        labels = np.arange(count) % 3
        pictures = random.integers(0, 60, (count, 12, 12), np.uint8)
        for number, label in enumerate(labels):
            pictures[number, :, 4 * label : 4 * label + 4] += 150
        arrays |= {f"x_{split}": pictures, f"y_{split}": labels}
    file = tmp_path_factory.mktemp("tiny") / "tiny.npz"
    np.savez(file, **arrays)
    return file


@pytest.fixture(scope="session")
def _trained_once(tiny_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project, its data and one run of three epochs."""
    from workbench.project import new_project as creation
    from workbench.project import runs, storage
    from workbench.training.engine import train

    folder = tmp_path_factory.mktemp("trained")
    shutil.copy(tiny_data, folder / "tiny.npz")
    project, _ = creation.create("lenet5", ("npz", {"path": "tiny.npz"}), folder)
    project = replace(project, training={"epochs": 3, "lr": 0.01, "schedule": "constant"})
    project = replace(project, data={**project.data, "batch_size": 16})
    storage.save(project, folder / "net.cnn")
    list(train(runs.new_job(project, folder / "net.cnn")))
    return folder


@pytest.fixture
def trained(_trained_once: Path, tmp_path: Path) -> Path:
    """A project of this test's own that has a finished run, run-001, beside it."""
    shutil.copytree(_trained_once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "net.cnn"
