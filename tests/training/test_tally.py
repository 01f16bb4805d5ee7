"""What is added up in an epoch: kept by checkpoints, and never told of a part as if it were the whole."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.training import test_numbers_told as told
from tests.training.factories import dataset
from workbench.core import strict_json
from workbench.core.values import Value
from workbench.data.batches import Batches
from workbench.model.network import Network
from workbench.project.templates.spec import GraphBuilder, Samples
from workbench.training.control import Control
from workbench.training.engine import train
from workbench.training.evaluation import Tally, evaluate, judge
from workbench.training.events import EpochEnded, RunEnded, StepEnded
from workbench.training.verdicts import NoClassesError

DRAWN = told.graph({"weight": 0.5}, {}, rebuilds={"weight": 0.3})


def tally_after(batches: int, kept: dict[str, list[float]] | None = None) -> Tally:
    """The sums of a network over the first batches, or over the rest, behind sums that were kept."""
    data, network = dataset(), Network(DRAWN, seed=2)
    network.set_training(False)
    tally = Tally(network)
    tally.restore(kept or {})
    every = list(Batches(data.splits["train"], data.fields, 16).epoch(0))
    for batch in every[batches:] if kept else every[:batches]:
        tally.add(network.train_batch(batch.fields), len(batch))
    return tally


@pytest.mark.parametrize("cut", [1, 3])
def test_it_goes_on_from_a_checkpoint_to_the_bit(cut: int) -> None:
    kept = json.loads(strict_json.line(tally_after(cut).sums()))
    whole, parts = tally_after(4), tally_after(cut, kept)
    assert parts.values() == whole.values()
    assert all(np.array_equal(parts.confusion()[name], each) for name, each in whole.confusion().items())


@pytest.mark.parametrize("missing", ["accuracy.head1", "psnr.rebuild"])
def test_a_metric_that_a_checkpoint_does_not_know_is_left_out_of_that_epoch(missing: str) -> None:
    kept = tally_after(2).sums()
    del kept[missing]
    values = tally_after(2, {**kept, "sharpness.head0": [1.0, 2.0]}).values()
    assert values == {name: value for name, value in tally_after(4).values().items() if name != missing}


def test_the_next_epoch_has_it_again(tmp_path: Path) -> None:
    """A run that an earlier version began, which knew fewer metrics, goes on with those of today."""
    made, control = told.job(tmp_path / "run", DRAWN, epochs=3), Control()
    for event in train(made, control):
        if isinstance(event, StepEnded) and event.step == 10:  # the first of the second epoch is 9
            control.cancel()
    (newest,) = (made.folder.checkpoints).glob("step-000010.json")
    record = json.loads(newest.read_text())
    assert record["progress"]["sums"].pop("accuracy.head0")
    newest.write_text(json.dumps(record))
    events = list(train(replace(made, resume=True)))
    second, third = (event for event in events if isinstance(event, EpochEnded))
    assert "accuracy.head0" not in second.train
    assert "accuracy.head0" in second.validation
    assert "accuracy.head0" in third.train


def test_masks_have_metrics_of_their_own() -> None:
    """Every pixel is bright or not; a network that scores the pixels' own values is right everywhere."""
    builder = GraphBuilder(Samples((1, 8, 8)))
    scores = builder.add("Conv2d", "scores", builder.image(), out_channels=2, kernel_size=1, padding=0)
    mask = builder.add("Target", "mask", field="mask", kind="mask", shape=[8, 8], classes=["dark", "bright"])
    builder.add("CrossEntropyLoss", "loss", scores, mask)
    network, data = Network(builder.graph()), dataset()
    with torch.no_grad():
        network.modules.load_state_dict(
            {"scores.weight": torch.tensor([-1.0, 1.0]).view(2, 1, 1, 1), "scores.bias": torch.tensor([0.5, -0.5])}
        )
    images = data.splits["test"]["image"]
    arrays = {"image": images, "mask": (images[:, 0] > 127).astype(np.int64)}
    fields = {"image": data.fields["image"], "mask": Value((8, 8), "mask", "int64", ("dark", "bright"))}
    tally = evaluate(network, Batches(arrays, fields, 4))
    assert list(tally.values())[:2] == ["loss", "accuracy"]
    assert "mean_iou" in tally.values()
    assert (tally.values()["accuracy"], tally.values()["mean_iou"]) == (1.0, 1.0)
    assert tally.confusion()["confusion"].sum() == images.size
    with pytest.raises(NoClassesError, match="every pixel a class"):
        list(judge(network, Batches(arrays, fields, 4)))


@pytest.mark.parametrize("monitor", ["auto", "psnr"])
def test_a_metric_that_is_infinite_is_kept_and_gone_on_from(monitor: str, tmp_path: Path) -> None:
    """Black pictures that are drawn again as black ones have no noise at all."""
    made = told.job(tmp_path / "run", told.graph(rebuilds={}), epochs=2, lr=0.0001, monitor=monitor)
    for arrays in made.dataset.splits.values():
        arrays["image"][:] = 0
    weights = {name: each * 0 for name, each in Network(made.graph).modules.state_dict().items()}
    control = Control()
    for event in train(replace(made, weights=weights), control):
        if isinstance(event, EpochEnded):
            assert event.validation["psnr"] == math.inf
            control.cancel()
    *_, ended = train(replace(made, resume=True))
    assert isinstance(ended, RunEnded)
    assert ended.reason == "finished"
