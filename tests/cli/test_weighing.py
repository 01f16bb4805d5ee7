"""`weigh` and balanced sampling on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.conftest import Run
from workbench.project import storage


@pytest.fixture
def seldom(tmp_path: Path) -> Path:
    """Pictures of two classes of which one is rare: bright spots at the left or right, in noise."""
    random = np.random.default_rng(0)
    arrays: dict[str, Any] = {}
    for split, counts in (("train", (270, 15)), ("test", (40, 40))):
        labels = np.repeat((0, 1), counts)
        pictures = random.integers(0, 160, (len(labels), 12, 12), np.uint8)
        for picture, label in zip(pictures, labels, strict=True):
            picture[:, 6 * label : 6 * label + 6] += 40
        arrays |= {f"x_{split}": pictures, f"y_{split}": labels}
    np.savez(tmp_path / "seldom.npz", **arrays)
    return tmp_path / "seldom.npz"


def test_weights_are_put_into_the_loss_and_taken_out_again(cli: Run, seldom: Path, tmp_path: Path) -> None:
    file = tmp_path / "net.cnn"
    assert cli("new", "lenet5", file, "--data", f"npz:{seldom}").code == 0
    answer = cli("weigh", file)
    assert answer.code == 0, answer.err
    weights = storage.load(file).graph.named("loss").params["class_weights"]
    assert weights[1] / weights[0] == pytest.approx(270 / 15, rel=0.1)
    assert f"loss: 0 {weights[0]:.3g}, 1 {weights[1]:.3g}" in answer.err
    assert "All classes count alike now." in cli("weigh", file, "--alike").err
    assert "class_weights" not in storage.load(file).graph.named("loss").params
    assert "alike already" in cli("weigh", file, "--alike").err


def test_a_network_without_classes_is_told_so(cli: Run, seldom: Path, tmp_path: Path) -> None:
    file = tmp_path / "net.cnn"
    assert cli("new", "autoencoder", file, "--data", f"npz:{seldom}").code == 0
    answer = cli("weigh", file)
    assert answer.code == 2
    assert "nothing to weigh" in answer.err


def test_who_weighs_or_balances_finds_the_rare_class_more_often(cli: Run, seldom: Path, tmp_path: Path) -> None:
    found = {}
    for way in ("plain", "weighed", "balanced"):
        file = tmp_path / f"{way}.cnn"
        words = ("--set", "training.epochs=4", "--set", f"data.balanced={'true' if way == 'balanced' else 'false'}")
        assert cli("new", "lenet5", file, "--data", f"npz:{seldom}", *words).code == 0
        if way == "weighed":
            assert cli("weigh", file).code == 0
        assert cli("train", file, "--json").code == 0
        found[way] = cli("evaluate", file, "--split", "test", "--json").json["classes"][1]["recall"]
    assert found["weighed"] > found["plain"] + 0.1
    assert found["balanced"] > found["plain"] + 0.1
