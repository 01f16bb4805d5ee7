"""An inverse graphics network on the command line: new, check, train, evaluate, look."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Run

DATA = "heads,batches=8,batch=6,people=10,test=60"


@pytest.fixture
def heads(cli: Run, tmp_path: Path) -> Path:
    """A small inverse graphics project."""
    path = tmp_path / "heads.cnn"
    answer = cli("new", "dcign32", path, "--data", DATA, "--set", "training.epochs=2")
    assert answer.code == 0, answer.err
    return path


def test_from_new_to_the_pictures(cli: Run, heads: Path) -> None:
    assert cli("check", heads).code == 0
    trained = cli("train", heads, "--json")
    assert trained.code == 0, trained.err
    start, end = trained.lines[0], trained.lines[-1]
    assert start["parameters"] == 106_305
    assert start["steps_per_epoch"] == 8, "32 batches, four to a step"
    assert end["reason"] == "finished"
    assert {"loss", "loss.kl", "loss.reconstruction", "psnr.reconstruction"} <= set(end["test"])

    answer = cli("evaluate", heads, "--json")
    assert answer.code == 0, answer.err
    factors = json.loads(answer.out)["factors"]
    assert factors["designated"] == {"azimuth": [0], "elevation": [1], "light": [2]}
    for name in ("own_r2", "spearman", "leakage", "mig", "share", "novel_view"):
        assert set(factors[name]) == {"azimuth", "elevation", "light"}, name
    assert 0 <= factors["factor_vae"] <= 1
    table = cli("evaluate", heads)
    assert "does not take the factor out of the other latents" in table.out
    lines = [line.split() for line in table.out.splitlines() if line.split()[:1] == ["light"]]
    assert [len(line) for line in lines] == [9, 4], "a row of measures and one of the leakage matrix"

    picture, numbers = heads.with_name("f.png"), heads.with_name("f.npz")
    looked = cli("look", heads, "--view", "factors", "--input", "test:3", "--out", picture)
    assert looked.code == 0, looked.err
    assert "factor traversals of graphics_code, 7 units" in looked.err + looked.out
    with Image.open(picture) as image:
        assert image.width > 9 * 32
    assert cli("look", heads, "--view", "factors", "--unit", 2, "--out", numbers).code == 0
    with np.load(numbers) as arrays:
        assert arrays["values"].shape == (1, 1, 32, 9 * 32)
        assert arrays["units"].tolist() == [2]
    assert "there is no unit 24" in cli("look", heads, "--view", "factors", "--unit", 24, "--out", picture).err


def test_data_without_factors_is_refused_with_what_has_them(cli: Run, tmp_path: Path) -> None:
    answer = cli("new", "dcign32", tmp_path / "x.cnn", "--data", "digits")
    assert answer.code == 2
    assert "knows no factors. Take heads, or poses:FILE." in answer.err
    assert not (tmp_path / "x.cnn").exists()


def test_ratios_of_factors_are_a_setting(cli: Run, heads: Path) -> None:
    answer = cli("train", heads, "--epochs", 1, "--set", 'data.ratios={"light": 3, "pose": 1}')
    assert answer.code == 2
    assert 'data.ratios names "pose", but the factors of the data are azimuth, elevation, light, identity' in answer.err
    assert cli("train", heads, "--epochs", 1, "--set", 'data.ratios={"light": 3}').code == 0


def test_stages_are_a_setting(cli: Run, heads: Path) -> None:
    stages = '[{"epochs": 1, "losses": {"kl": 0}}, {"epochs": 1, "train": ["mu", "logvar"]}]'
    answer = cli("train", heads, "--set", f"training.stages={stages}", "--json")
    assert answer.code == 0, answer.err
    ends = [event for event in answer.lines if event["event"] == "EpochEnded"]
    assert ["loss.kl" in event["train"] for event in ends] == [False, True]
