"""What a training says when it cannot start, and the `look` command."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Run


def test_problems_are_json_alone_with_json(cli: Run, trained: Path) -> None:
    broken = trained.parent / "broken.cnn"
    broken.write_text(trained.read_text().replace('"out_features": 3}', '"out_features": 4}'))
    answer = cli("train", broken, "--json")
    assert answer.code == 1
    assert answer.json["problems"][0]["node"] == "loss"
    assert not broken.with_suffix(".runs").exists()


def test_a_ready_file_that_cannot_be_made_is_a_sentence(cli: Run, trained: Path) -> None:
    answer = cli("train", trained, "--epochs", 1, "--ready", trained.parent / "nowhere" / "ready")
    assert answer.code == 2
    assert "its folder does not exist" in answer.err


@pytest.mark.parametrize("view", ["filters", "feature-maps", "deconvnet"])
def test_look_draws_and_gives_numbers(cli: Run, trained: Path, view: str) -> None:
    picture, numbers = trained.parent / "x.png", trained.parent / "x.npz"
    answer = cli("look", trained, "--view", view, "--layer", "conv2", "--input", "test:3", "--out", picture)
    assert answer.code == 0
    assert "16 units" in answer.err
    with Image.open(picture) as image:
        assert image.width > 100
    assert cli("look", trained, "--view", view, "--layer", "conv2", "--unit", 5, "--out", numbers).code == 0
    with np.load(numbers) as arrays:
        assert arrays["units"].tolist() == [5]
        assert np.isfinite(arrays["values"]).all()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--view", "xray"), 'There is no view "xray". There are: deconvnet, factors, feature-maps, filters, '),
        (("--view", "filters", "--layer", "fc1"), "Filters has nothing to show of fc1; it works with: conv1, conv2."),
        (("--view", "filters", "--layer", "nobody"), 'There is no node "nobody"'),
        (("--view", "filters", "--unit", "99"), "conv1 has the units 0 to 5, so there is no unit 99."),
        (("--view", "deconvnet", "--input", "test:999"), 'There is no sample "test:999"'),
    ],
)
def test_look_refuses_with_a_sentence(cli: Run, trained: Path, words: tuple[str, ...], sentence: str) -> None:
    answer = cli("look", trained, *words, "--out", trained.parent / "x.png")
    assert answer.code == 2
    assert sentence in answer.err
    assert not (trained.parent / "x.png").exists()


def test_look_writes_pictures_and_arrays_only(cli: Run, trained: Path) -> None:
    answer = cli("look", trained, "--view", "filters", "--out", trained.parent / "x.gif")
    assert answer.code == 2
    assert ".png" in answer.err


@pytest.mark.parametrize(
    ("layer", "sentence"),
    [("fc3", "1 is sent back from each score, whatever its sign."), ("fc1", "marked –, do not fire for this picture.")],
)
def test_look_says_what_is_sent_back(cli: Run, trained: Path, layer: str, sentence: str) -> None:
    answer = cli("look", trained, "--view", "deconvnet", "--layer", layer, "--out", trained.parent / "x.png")
    assert answer.code == 0
    assert sentence in answer.err
