"""A training comes to the same weights, to the bit, wherever its samples lie; and so it does when it is killed."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

from tests.data.kinds_of_samples import KINDS
from workbench.cli import main
from workbench.data import disk_cache

PROGRAM = [sys.executable, "-P", "-m", "workbench"]
WAYS = ("memory", "disk", "files")
STEP = 8  # at whose end a training is killed
OF_PICTURES = ("data.augment.crop=0.3", "data.augment.mixup=0.2")
SETTINGS = ("training.epochs=2", "data.augment.rotate=10", "training.checkpoint_steps=3")
OTHERS = ("masks", "degraded pairs", "coco", "clips", "volumes")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes of 60 pictures of different sizes."""
    folder = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(0)
    for number in range(120):
        label = "ab"[number % 2]
        picture = random.integers(0, 120, (20 + number % 3, 24, 3), np.uint8)
        picture[:, 12 * (number % 2) : 12 * (number % 2) + 12] += 100
        (folder / label).mkdir(exist_ok=True)
        Image.fromarray(picture).save(folder / label / f"{number:03}.png")
    return folder


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(disk_cache.FOLDER, str(tmp_path / "cache"))


def ran(*words: str) -> None:
    """Runs a command in this process, which holds no data of the command before any more."""
    gc.collect()
    assert main(lambda _: 1, arguments=list(words)) == 0, words


def weights(file: Path) -> dict[str, np.ndarray]:
    out = file.with_suffix(".safetensors")
    ran("export", str(file), str(out), "--to", "safetensors")
    return load_file(out)


def killed(file: Path) -> None:
    """Trains a project in a process of its own until a step's end, at which that is killed."""
    running = subprocess.Popen([*PROGRAM, "train", str(file), "--json"], stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    for row in map(json.loads, running.stdout):
        if row["event"] == "StepEnded" and row["step"] == STEP:
            os.kill(running.pid, signal.SIGKILL)
            break
    running.stdout.close()
    assert running.wait() == -signal.SIGKILL


def trained(folder: Path, template: str, data: str, way: str, *settings: str, is_killed: bool) -> dict[str, np.ndarray]:
    """Makes a project, trains it, perhaps with a kill on the way, and returns the weights."""
    file = folder / f"{way}.cnn"
    sets = [word for each in (*SETTINGS, *settings, f"data.storage={way}") for word in ("--set", each)]
    ran("new", template, str(file), "--data", data, *sets)
    if is_killed:
        killed(file)
    ran("train", str(file), *(["--resume"] if is_killed else []))
    return weights(file)


def check_same(found: dict[str, dict[str, np.ndarray]]) -> None:
    for way in WAYS[1:]:
        assert found[way].keys() == found["memory"].keys()
        for name, tensor in found[way].items():
            assert np.array_equal(tensor, found["memory"][name]), (way, name)


def test_the_weights_are_the_same_to_the_bit_also_after_a_kill(pictures: Path, tmp_path: Path) -> None:
    data = f"folder:{pictures},width=20,height=20"
    found = {
        way: trained(tmp_path, "lenet5", data, way, "data.batch_size=8", *OF_PICTURES, is_killed=way != "memory")
        for way in WAYS
    }
    assert len(list((tmp_path / "cache").iterdir())) == 1
    check_same(found)


@pytest.mark.parametrize("name", OTHERS)
def test_so_it_is_with_samples_of_other_kinds(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    kind.write(tmp_path / "data")
    options = "".join(f",{key}={value}" for key, value in kind.options.items())
    data = f"{kind.source}:{tmp_path / 'data'}{options}"
    found = {
        way: trained(tmp_path, kind.template, data, way, "data.batch_size=2", is_killed=way == "files") for way in WAYS
    }
    check_same(found)
