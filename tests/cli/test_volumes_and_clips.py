"""Volumes and clips from the command line: a network is made for them, learns, and is asked about single files."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Run
from tests.data.test_volumes import nifti

RANDOM = np.random.default_rng(0)


def volumes(folder: Path) -> Path:
    """Forty volumes, bright in their left or in their right half."""
    for name, half in (("left", slice(0, 8)), ("right", slice(8, 16))):
        for number in range(20):
            values = RANDOM.random((16, 16, 16), np.float32)
            values[half] += 1
            nifti(folder / name / f"{number}.nii.gz", values)
    return folder


def test_a_network_tells_volumes_apart_and_is_asked_about_a_file(cli: Run, tmp_path: Path) -> None:
    volumes(tmp_path / "heads")
    project = tmp_path / "net.cnn"
    assert cli("new", "small-c3d", project, "--data", f"volumes:{tmp_path / 'heads'}").code == 0
    assert cli("check", project).code == 0
    words = ("--epochs", "6", "--set", "data.batch_size=4", "--set", "training.lr=0.01")
    assert cli("train", project, *words).code == 0
    measured = cli("evaluate", project, "--json").json["metrics"]
    assert measured["accuracy"] >= 0.8
    answer = cli("predict", project, "test:0", tmp_path / "heads" / "left" / "3.nii.gz",
                 tmp_path / "heads" / "right" / "3.nii.gz", "--json")  # fmt: skip
    assert answer.code == 0
    assert [each["class"] for each in answer.json["predictions"][1:]] == ["left", "right"]
    shutil.copy(project, tmp_path / "bad.nii")
    answer = cli("predict", project, tmp_path / "bad.nii")
    assert answer.code == 2
    assert "bad.nii: this is no NIfTI file" in answer.err


@pytest.mark.parametrize("template", ["c3d", "small-c3d"])
@pytest.mark.parametrize("sides", [(28, 28, 28), (3, 64, 80), (40, 9, 7), (2, 2, 2)])
def test_networks_are_made_for_volumes_of_any_sides(
    cli: Run, tmp_path: Path, template: str, sides: tuple[int, ...]
) -> None:
    np.savez(tmp_path / "organs.npz", volume=RANDOM.integers(0, 256, (8, *sides), np.uint8), label=np.arange(8) % 2)
    assert cli("new", template, tmp_path / "net.cnn", "--data", f"volumes:{tmp_path / 'organs.npz'}").code == 0
    assert cli("check", tmp_path / "net.cnn").code == 0
    assert "×".join(map(str, (1, *sides))) in cli("summary", tmp_path / "net.cnn").out


@pytest.mark.parametrize("name", ["a.gif", "short.gif"])
def test_a_clip_is_predicted_as_the_clips_of_the_data(cli: Run, tmp_path: Path, name: str) -> None:
    for label in ("a", "b"):
        for number in range(6):
            path = tmp_path / "clips" / label / f"{number}.gif"
            path.parent.mkdir(parents=True, exist_ok=True)
            frames = [Image.fromarray(RANDOM.integers(0, 256, (16, 16, 3), np.uint8)) for _ in range(4)]
            frames[0].save(path, save_all=True, append_images=frames[1:])
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    frames[0].save(tmp_path / "short.gif", save_all=True, append_images=frames[1:2])
    project = tmp_path / "net.cnn"
    assert cli("new", "small-c3d", project, "--data", f"clips:{tmp_path / 'clips'},frames=4").code == 0
    assert cli("train", project, "--epochs", "1").code == 0
    answer = cli("predict", project, tmp_path / name)
    assert answer.code == 0
    assert ("it has 2 frames, so some are shown longer" in answer.err) == (name == "short.gif")
