"""What metrics are taken of where a loss leaves something out, or compares no numbers in the target's unit."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.training.factories import CLASSES, dataset
from workbench.core.graph import Graph
from workbench.data.batches import Batches
from workbench.model.network import Network
from workbench.model.plan import terms_of
from workbench.project.templates.spec import GraphBuilder, Samples
from workbench.training.evaluation import Tally, evaluate
from workbench.training.reported import names_of


def classifier(loss: str = "CrossEntropyLoss", **settings: Any) -> Graph:
    builder = GraphBuilder(Samples((1, 8, 8), classes=CLASSES, scores=3))
    x = builder.add("Linear", "fc", builder.add("Flatten", "flat", builder.image()), out_features=3)
    builder.add(loss, "loss", x, builder.add("Target", "label", field="label", classes=list(CLASSES)), **settings)
    return builder.graph()


@pytest.mark.parametrize("nothing", [0, 2])
def test_samples_of_a_class_that_does_not_count_are_in_no_metric(nothing: int) -> None:
    data, network = dataset(), Network(classifier(ignore_index=nothing), seed=1)
    network.set_training(False)
    tally = evaluate(network, Batches(data.splits["test"], data.fields, 4))
    (matrix,) = tally.confusion().values()
    truth = torch.as_tensor(data.splits["test"]["label"])
    assert matrix[nothing].sum() == 0
    assert matrix.sum() == int((truth != nothing).sum())
    assert tally.values()["accuracy"] == pytest.approx(matrix.trace() / matrix.sum())


def test_a_class_that_does_not_count_is_in_no_mean_though_a_network_may_say_it() -> None:
    """Void counted as a class with nothing right, as soon as a network said it of one pixel."""
    builder = GraphBuilder(Samples((3, 1, 4)))
    scores = builder.add("Conv2d", "scores", builder.image(), out_channels=3, kernel_size=1, padding=0)
    answer = builder.add("Target", "parts", field="parts", kind="mask", shape=[1, 4])
    builder.add("CrossEntropyLoss", "loss", scores, answer, ignore_index=2)
    network = Network(builder.graph())
    with torch.no_grad():
        network.modules.load_state_dict({"scores.weight": torch.eye(3).view(3, 3, 1, 1), "scores.bias": torch.zeros(3)})
    said, parts = torch.tensor([[[0, 0, 1, 2]]]), torch.tensor([[[0, 0, 1, 1]]])
    images = torch.nn.functional.one_hot(said, 3).movedim(-1, 1).float()
    tally = Tally(network)
    tally.add(network.train_batch({"image": images, "parts": parts}), 1)
    values = tally.values()
    assert values["mean_iou"] == pytest.approx((1 + 0.5) / 2)
    assert values["dice"] == pytest.approx((1 + 2 / 3) / 2)
    assert values["accuracy"] == pytest.approx(0.75)


@pytest.mark.parametrize("border", [255, 3])
def test_borders_of_a_mask_are_in_no_metric(border: int) -> None:
    builder = GraphBuilder(Samples((1, 5, 6)))
    x = builder.add("Conv2d", "conv", builder.image(), out_channels=3)
    answer = builder.add("Target", "parts", field="parts", kind="mask", shape=[5, 6])
    builder.add("CrossEntropyLoss", "loss", x, answer, ignore_index=border)
    network = Network(builder.graph(), seed=1)
    torch.manual_seed(0)
    parts = torch.randint(3, (4, 5, 6))
    parts[:, 2], parts[1] = border, border
    tally = Tally(network)
    tally.add(network.train_batch({"image": torch.rand(4, 1, 5, 6), "parts": parts}), 4)
    (matrix,) = tally.confusion().values()
    assert matrix.sum() == int((parts != border).sum()) == 3 * 4 * 6
    assert 0 <= tally.values()["mean_iou"] <= 1


@pytest.mark.parametrize(("loss", "has_rmse"), [
    ("MSELoss", True), ("L1Loss", True), ("HuberLoss", True), ("SmoothL1Loss", True), ("BCEWithLogitsLoss", False),
    ("FocalLoss", False), ("KLDivLoss", False), ("DiceLoss", False),
])  # fmt: skip
def test_an_error_in_the_targets_unit_is_of_predictions_in_that_unit(loss: str, has_rmse: bool) -> None:
    builder = GraphBuilder(Samples((1, 8, 8)))
    x = builder.add("Linear", "fc", builder.add("Flatten", "flat", builder.image()), out_features=3)
    builder.add(loss, "loss", x, builder.add("Target", "t", field="t", kind="vector", shape=[3]))
    assert ("rmse" in names_of(terms_of(builder.graph()))) == has_rmse


@pytest.mark.parametrize("loss", ["NLLLoss", "FocalLoss", "DiceLoss"])
def test_what_tells_classes_is_measured_so(loss: str) -> None:
    assert {"accuracy", "loss"} <= set(names_of(terms_of(classifier(loss))))


def test_pairs_are_no_classes_that_are_told_apart() -> None:
    builder = GraphBuilder(Samples((1, 8, 8)))
    flat = builder.add("Flatten", "flat", builder.image())
    ends = [builder.add("Linear", name, flat, out_features=2) for name in ("one", "other")]
    builder.add("CosineEmbeddingLoss", "loss", *ends, builder.add("Target", "same", field="label"))
    data, network = dataset(), Network(builder.graph(), seed=1)
    assert [term.answer for term in network.terms] == [None]
    assert evaluate(network, Batches(data.splits["test"], data.fields, 4)).values().keys() == {"loss"}
