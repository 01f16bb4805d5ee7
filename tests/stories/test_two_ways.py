"""Two ways to one thing: a picture as a sample and as a file gives the same numbers, in every size policy."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from workbench.cli import main
from workbench.data.loading import load
from workbench.inspection.probe_loader import ProbeReader
from workbench.project import new_project as creation
from workbench.project import runs, storage
from workbench.project.probes import PictureProbe, SampleProbe
from workbench.training.engine import train

SHAPES = ((40, 16), (16, 40), (24, 24))  # width and height: wide, high and square pictures in every class
POLICIES: tuple[dict[str, Any], ...] = (
    {"resize": "crop", "width": 16, "height": 16},
    {"resize": "stretch", "width": 16, "height": 16},
    {"resize": "pad", "width": 16, "height": 16},
    {"resize": "pad", "width": 20, "height": 14, "channels": 1},
    {"resize": "stretch", "width": 14, "height": 22, "white": 4095},
    {},
)


@pytest.fixture(params=POLICIES, ids=lambda each: "-".join(map(str, each.values())) or "default")
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A trained project on class folders, all of whose pictures are in the training split."""
    options = request.param
    random = np.random.default_rng(1)
    for label in ("dark", "light"):
        for number, (width, height) in enumerate(SHAPES * 2):
            high = 100 if label == "dark" else 255
            colours = random.integers(0, high, (height, width, 3)).astype(np.uint8)
            path = tmp_path / "pictures" / label / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            picture = colours if "white" not in options else colours[..., 0].astype(np.uint16) * 16
            Image.fromarray(picture).save(path)
    made, _ = creation.create("small-resnet", ("folder", {"path": "pictures", **options}), tmp_path)
    made = replace(made, training={**made.training, "epochs": 1})
    made = replace(made, data={**made.data, "batch_size": 4, "test_share": 0.0, "validation_share": 0.0})
    storage.save(made, tmp_path / "net.cnn")
    list(train(runs.new_job(made, tmp_path / "net.cnn")))
    return tmp_path / "net.cnn"


def files_of(project: Path) -> list[Path]:
    """The pictures in the order of the samples: by class and name."""
    return sorted((project.parent / "pictures").rglob("*.png"))


def answer(*words: object) -> Any:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main(lambda path: 0, arguments=[str(word) for word in words]) == 0
    return json.loads(out.getvalue())


def test_predict_says_the_same_of_files_and_samples(project: Path) -> None:
    files = files_of(project)
    samples = [f"train:{number}" for number in range(len(files))]
    rows = answer("predict", project, *files, *samples, "--json")["predictions"]
    as_files, as_samples = rows[: len(files)], rows[len(files) :]
    assert [row["classes"] for row in as_files] == [row["classes"] for row in as_samples]
    # ... and `evaluate` counts these very answers.
    right = [row["class"] == file.parent.name for row, file in zip(as_files, files, strict=True)]
    measured = answer("evaluate", project, "--split", "train", "--json")["metrics"]
    assert measured["accuracy"] == pytest.approx(np.mean(right))


def test_look_draws_the_same(project: Path) -> None:
    for number in (0, 1):
        drawn = []
        for probe in (files_of(project)[number], f"train:{number}"):
            out = project.with_name("look.npz")
            words = ("look", project, "--view", "feature-maps", "--input", probe, "--out", out)
            assert main(lambda path: 0, arguments=[str(word) for word in words]) == 0
            with np.load(out) as arrays:
                drawn.append({name: arrays[name] for name in arrays.files})
        assert drawn[0].keys() == drawn[1].keys()
        assert all((drawn[0][name] == drawn[1][name]).all() for name in drawn[0])


def test_the_windows_probe_reads_the_same(project: Path) -> None:
    document = storage.load(project)
    reader = ProbeReader(document, project.parent)
    shape = load(document.data_config(), project.parent).fields["image"].shape
    for number, file in enumerate(files_of(project)):
        as_file = reader.read(PictureProbe(file), {"image": shape}).fields["image"]
        as_sample = reader.read(SampleProbe("train", number), {"image": shape}).fields["image"]
        assert (as_file == as_sample).all()
