"""A training comes to the same weights, to the bit, wherever its samples lie; and so it does when it is killed."""

from __future__ import annotations

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

from workbench.data import disk_cache

PROGRAM = [sys.executable, "-P", "-m", "workbench"]
WAYS = ("memory", "disk", "files")
SETTINGS = (
    "training.epochs=2", "data.batch_size=8", "data.augment.rotate=10", "data.augment.crop=0.3",
    "data.augment.mixup=0.2", "training.checkpoint_steps=3",
)  # fmt: skip


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


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", disk_cache.FOLDER: str(folder / "cache")}


def ran(folder: Path, *words: str) -> str:
    found = subprocess.run(
        [*PROGRAM, *words], env=environment(folder), capture_output=True, text=True, check=False, timeout=300
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


def project(folder: Path, pictures: Path, way: str) -> Path:
    file = folder / f"{way}.cnn"
    data = f"folder:{pictures},width=20,height=20"
    sets = [word for each in (*SETTINGS, f"data.storage={way}") for word in ("--set", each)]
    ran(folder, "new", "lenet5", str(file), "--data", data, *sets)
    return file


def weights(folder: Path, file: Path) -> dict[str, np.ndarray]:
    out = file.with_suffix(".safetensors")
    ran(folder, "export", str(file), str(out), "--to", "safetensors")
    return load_file(out)


def test_the_weights_are_the_same_to_the_bit_also_after_a_kill(pictures: Path, tmp_path: Path) -> None:
    found = {}
    for way in WAYS:
        file = project(tmp_path, pictures, way)
        if way == "memory":
            ran(tmp_path, "train", str(file))
        else:
            running = subprocess.Popen(
                [*PROGRAM, "train", str(file), "--json"], env=environment(tmp_path), stdout=subprocess.PIPE, text=True
            )
            assert running.stdout is not None
            for row in map(json.loads, running.stdout):
                if row["event"] == "StepEnded" and row["step"] == 8:
                    os.kill(running.pid, signal.SIGKILL)
                    break
            running.stdout.close()
            assert running.wait() == -signal.SIGKILL
            ran(tmp_path, "train", str(file), "--resume")
        found[way] = weights(tmp_path, file)
    assert len(list((tmp_path / "cache").iterdir())) == 1
    for way in WAYS[1:]:
        assert found[way].keys() == found["memory"].keys()
        for name, tensor in found[way].items():
            assert np.array_equal(tensor, found["memory"][name]), (way, name)
