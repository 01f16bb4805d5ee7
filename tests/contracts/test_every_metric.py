"""The contract of every metric in the registry: a new metric file is held to it without a change here."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import (
    classification_report,
    confusion_matrix,
    f1_score,
    hamming_loss,
    jaccard_score,
    mean_absolute_error,
    mean_squared_error,
    r2_score,
    roc_auc_score,
    top_k_accuracy_score,
)
from torch import Tensor
from torchmetrics.classification import MulticlassAccuracy
from torchmetrics.functional.image import structural_similarity_index_measure
from torchmetrics.image import PeakSignalNoiseRatio

import workbench.training.metrics
from workbench.core import strict_json
from workbench.core.values import Value
from workbench.layers.bce_with_logits_loss import BCEWithLogitsLoss
from workbench.layers.cross_entropy_loss import CrossEntropyLoss
from workbench.layers.mse_loss import MSELoss
from workbench.layers.spec import REGISTRY as LAYERS
from workbench.layers.spec import Layer
from workbench.training.metric_names import cost, declared, kind_of, title_of, value_text
from workbench.training.metrics.spec import REGISTRY, Metric

# What losses compare: scores of few and of many classes, of every pixel, and numbers of any shape.
COMPARED: dict[str, tuple[Layer, Value, Value]] = {
    "few classes": (CrossEntropyLoss(), Value((3,), "vector"), Value((), "class", "int64")),
    "many classes": (CrossEntropyLoss(), Value((12,), "vector"), Value((), "class", "int64")),
    "masks": (CrossEntropyLoss(), Value((4, 5, 6), "map"), Value((5, 6), "mask", "int64")),
    "pictures": (MSELoss(), Value((1, 6, 7), "map"), Value((1, 6, 7), "map")),
    "larger pictures": (MSELoss(), Value((3, 16, 18), "map"), Value((3, 16, 18), "map")),
    "two classes": (CrossEntropyLoss(), Value((2,), "vector"), Value((), "class", "int64")),
    "numbers": (MSELoss(), Value((5,), "vector"), Value((5,), "vector")),
    "labels": (BCEWithLogitsLoss(), Value((6,), "vector"), Value((6,), "vector", classes=tuple("abcdef"))),
    "single numbers": (MSELoss(), Value((1,), "vector"), Value((1,), "scalar")),
}
SAMPLES = 23
METRICS = [cls for _, cls in REGISTRY.items()]
CASES = [(cls, name) for cls in METRICS for name, compared in COMPARED.items() if cls.applies_to(*compared)]
NUMBERS = [(cls, name) for cls, name in CASES if cls.is_number]

every_metric = pytest.mark.parametrize("cls", METRICS, ids=lambda cls: cls.name)
every_case = pytest.mark.parametrize(("cls", "name"), CASES, ids=lambda each: getattr(each, "name", each))
every_number = pytest.mark.parametrize(("cls", "name"), NUMBERS, ids=lambda each: getattr(each, "name", each))


def samples(name: str, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Predictions and answers of all samples, at random."""
    _, prediction, target = COMPARED[name]
    generator = torch.Generator().manual_seed(seed)
    given = torch.rand(SAMPLES, *prediction.shape, generator=generator)
    if target.kind in ("class", "mask"):
        return given, torch.randint(0, prediction.channels, (SAMPLES, *target.shape), generator=generator)
    wanted = torch.rand(SAMPLES, *target.shape, generator=generator)
    if target.classes:  # labels, of which one is nowhere there nor said
        given, wanted = given - 0.5, (wanted > 0.6).float()
        given[:, 3], wanted[:, 3] = -1.0, 0.0
        return given, wanted
    return (given, wanted) if target.is_picture else (given - 0.5, wanted - 0.5)  # numbers may be below zero


def made(cls: type[Metric], name: str) -> Metric:
    return cls(*COMPARED[name][1:])


def fed(metric: Metric, given: Tensor, target: Tensor, size: int) -> Metric:
    """The metric after batches of that size."""
    for one, other in zip(given.split(size), target.split(size), strict=True):
        if metric.beside:
            metric.update_beside(one, other, beside(other))
        else:
            metric.update(one, other)
    return metric


def beside(target: Tensor) -> Tensor:
    """What another field of the samples says, each by itself."""
    return target + 0.2 + target.abs()


def perfect(name: str, target: Tensor) -> Tensor:
    """Predictions that are right."""
    classes = COMPARED[name][1].channels
    if COMPARED[name][2].kind not in ("class", "mask"):
        return target - 0.5 if name == "labels" else target.clone()
    return torch.nn.functional.one_hot(target, classes).movedim(-1, 1).float()


@every_metric
def test_it_is_described(cls: type[Metric]) -> None:
    assert REGISTRY[cls.name] is cls
    assert re.fullmatch(r"[a-z][a-z0-9_]*", cls.name)
    assert cls.name not in ("auto", "loss")
    assert cls.title
    assert [other for other in METRICS if other.title == cls.title] == [cls]
    assert (cls.__dict__.get("__doc__") or "").strip().endswith(".")
    assert declared(f"{cls.name}.head") is cls
    assert title_of(f"{cls.name}.head") == f"{cls.title} of head"
    assert kind_of(f"{cls.name}.head.a") == cls.name


def test_each_file_holds_one_metric() -> None:
    files = {path.stem for path in Path(workbench.training.metrics.__path__[0]).glob("*.py")} - {"__init__", "spec"}
    files = {name for name in files if not name.startswith("base_")}
    assert {cls.__module__.rpartition(".")[2] for cls in METRICS} == files == {cls.name for cls in METRICS}


@every_metric
def test_it_is_of_something_and_asks_any_loss(cls: type[Metric]) -> None:
    assert [name for name, compared in COMPARED.items() if cls.applies_to(*compared)]
    for layer in (kind() for _, kind in LAYERS.items() if kind.is_loss):
        for _, prediction, target in COMPARED.values():
            assert cls.applies_to(layer, prediction, target) in (True, False)


@every_number
def test_its_value_is_written_with_its_unit(cls: type[Metric], name: str) -> None:
    for value in (0.0, 0.97123, 24.3456):
        text = value_text(f"{cls.name}.head", value)
        assert re.search(r"\d", text)
        assert cls.unit in text
    assert value_text(cls.name, math.inf) == cls.text(math.inf)


@every_case
@pytest.mark.parametrize("size", [1, 4, 7])
def test_it_does_not_depend_on_how_batches_are_cut(cls: type[Metric], name: str, size: int) -> None:
    whole, parts = (fed(made(cls, name), *samples(name), each) for each in (SAMPLES, size))
    assert parts.sums() == pytest.approx(whole.sums(), rel=1e-6)
    if cls.is_number:
        assert math.isfinite(whole.value())
        assert parts.value() == pytest.approx(whole.value(), rel=1e-6)


@every_case
@pytest.mark.parametrize("cut", [1, 10, 22])
def test_its_sums_survive_a_checkpoint_in_mid_epoch(cls: type[Metric], name: str, cut: int) -> None:
    given, target = samples(name, 1)
    straight = fed(fed(made(cls, name), given[:cut], target[:cut], 5), given[cut:], target[cut:], 5)
    before = fed(made(cls, name), given[:cut], target[:cut], 5)
    kept = json.loads(strict_json.line(before.sums()))
    assert len(kept) == len(made(cls, name).sums()), "their number is known before anything was added"
    after = made(cls, name)
    after.restore(kept)
    kept.clear()  # nobody else's list is held
    fed(after, given[cut:], target[cut:], 5)
    assert after.sums() == straight.sums()
    if cls.is_number:
        assert after.value() == straight.value()


@every_number
def test_nothing_seen_is_no_number(cls: type[Metric], name: str) -> None:
    assert math.isnan(made(cls, name).value())


@every_number
def test_what_is_right_is_better_than_chance(cls: type[Metric], name: str) -> None:
    given, target = samples(name, 2)
    best = fed(made(cls, name), perfect(name, target), target, 6).value()
    chance = fed(made(cls, name), given, target, 6).value()
    assert cost(cls.name, best) < cost(cls.name, chance)


def top_five(given: Tensor, target: Tensor) -> float:
    return float(top_k_accuracy_score(target, given, k=5, labels=range(given.shape[1])))


def macro(what: str, given: Tensor, target: Tensor) -> float:
    said = given.argmax(1).flatten()
    return float(classification_report(target.flatten(), said, output_dict=True, zero_division=0)["macro avg"][what])


def similarity(given: Tensor, target: Tensor) -> float:
    """Theirs reflects the borders; windows that lie inside are those of 2004."""
    _, everywhere = structural_similarity_index_measure(given, target, data_range=1.0, return_full_image=True)
    return float(everywhere[..., 5:-5, 5:-5].mean())


def found_of_each_class(given: Tensor, target: Tensor) -> float:
    said = given.argmax(1).flatten().numpy()
    table = confusion_matrix(target.flatten(), said, labels=range(given.shape[1]))
    return float(np.mean([table[at, at] / row.sum() for at, row in enumerate(table) if row.sum()]))


# By other people's hands.
REFERENCES: dict[str, Callable[[Tensor, Tensor], float]] = {
    "accuracy": lambda given, target: float(MulticlassAccuracy(given.shape[1], average="micro")(given, target)),
    "top5_accuracy": top_five,
    "mean_iou": lambda given, target: float(
        jaccard_score(target.flatten(), given.argmax(1).flatten(), average="macro")
    ),
    "rmse": lambda given, target: math.sqrt(mean_squared_error(target.flatten(), given.flatten())),
    "dice": lambda given, target: macro("f1-score", given, target),
    "macro_f1": lambda given, target: macro("f1-score", given, target),
    "macro_precision": lambda given, target: macro("precision", given, target),
    "macro_recall": lambda given, target: macro("recall", given, target),
    "balanced_accuracy": found_of_each_class,
    "mae": lambda given, target: float(mean_absolute_error(target.flatten(), given.flatten())),
    "mase": lambda given, target: float(
        mean_absolute_error(target.flatten(), given.flatten())
        / mean_absolute_error(target.flatten(), beside(target).flatten())
    ),
    "r2": lambda given, target: float(r2_score(target.flatten(1), given.flatten(1))),
    "directional_accuracy": lambda given, target: float(np.mean(np.sign(given.numpy()) == np.sign(target.numpy()))),
    "ssim": similarity,
    "label_accuracy": lambda given, target: 1 - float(hamming_loss(target.numpy(), given.numpy() > 0)),
    "label_f1": lambda given, target: float(
        np.mean(
            [
                f1_score(there, said)
                for there, said in zip(target.T.numpy(), given.T.numpy() > 0, strict=True)
                if there.any() or said.any()
            ]
        )
    ),
    "psnr": lambda given, target: float(PeakSignalNoiseRatio(data_range=1.0)(given, target)),
}


@every_number
@pytest.mark.parametrize("seed", [3, 4])
def test_it_is_what_others_reckon(cls: type[Metric], name: str, seed: int) -> None:
    if cls.name not in REFERENCES:
        pytest.skip("no library in these tests has it")
    given, target = samples(name, seed)
    assert fed(made(cls, name), given, target, 5).value() == pytest.approx(
        REFERENCES[cls.name](given, target), rel=1e-5, abs=1e-6
    )


@pytest.mark.parametrize("name", ["few classes", "many classes", "masks"])
def test_the_confusion_matrix_is_what_others_count(name: str) -> None:
    from workbench.training.metrics.confusion import Confusion

    given, target = samples(name, 5)
    metric = fed(made(Confusion, name), given, target, 4)
    assert isinstance(metric, Confusion)
    theirs = confusion_matrix(target.flatten(), given.argmax(1).flatten(), labels=range(given.shape[1]))
    assert np.array_equal(metric.matrix, theirs)


def test_classes_that_nobody_has_do_not_count_in_the_mean_iou() -> None:
    cls, (_, prediction, target) = REGISTRY["mean_iou"], COMPARED["masks"]
    metric = cls(prediction, target)
    answer = torch.zeros(2, 5, 6, dtype=torch.int64)
    metric.update(torch.nn.functional.one_hot(answer, 4).movedim(-1, 1).float(), answer)
    assert metric.value() == 1.0


@pytest.mark.parametrize("name", ["two classes", "few classes", "many classes"])
@pytest.mark.parametrize("scale", [1.0, 8.0, 60.0])
def test_the_area_under_the_curve_is_that_of_others_but_for_what_shares_a_bin(name: str, scale: float) -> None:
    generator = torch.Generator().manual_seed(6)
    classes = COMPARED[name][1].channels
    target = torch.randint(0, classes, (2000,), generator=generator)
    given = torch.randn(2000, classes, generator=generator) + torch.nn.functional.one_hot(target, classes)
    given = scale * given
    metric = fed(made(REGISTRY["auc"], name), given, target, 300)
    others = given.double()[:, None].masked_fill(torch.eye(classes, dtype=torch.bool), -math.inf).logsumexp(2)
    odds = given.double() - others  # in order as the probabilities, which become 1 where a network is sure
    theirs = float(np.mean([roc_auc_score(target == number, odds[:, number]) for number in range(classes)]))
    counts = np.array(metric.sums()).reshape(classes, 2, -1)
    together = counts.prod(1).sum(1) / counts.sum(2).prod(1)
    assert abs(metric.value() - theirs) <= 0.5 * together.max() + 1e-9
    assert metric.value() == pytest.approx(theirs, abs=1e-3)


@pytest.mark.parametrize("scale", [1.0, 8.0])
def test_the_area_of_labels_is_that_of_others_but_for_what_shares_a_bin(scale: float) -> None:
    generator = torch.Generator().manual_seed(7)
    target = (torch.rand(2000, 6, generator=generator) > 0.7).float()
    given = scale * (torch.randn(2000, 6, generator=generator) + target)
    target[:, 3] = 0.0  # a label that nobody has orders nothing
    metric = fed(made(REGISTRY["label_auc"], "labels"), given, target, 300)
    theirs = [roc_auc_score(target[:, number], given[:, number]) for number in range(6) if number != 3]
    assert metric.value() == pytest.approx(float(np.mean(theirs)), abs=1e-3)


def test_signs_of_targets_that_all_rise_are_no_measure() -> None:
    metric = REGISTRY["directional_accuracy"](Value((2,), "vector"), Value((2,), "vector"))
    metric.update(torch.tensor([[1.0, -1.0]]), torch.tensor([[2.0, 0.0]]))
    assert math.isnan(metric.value())
    metric.update(torch.tensor([[1.0, -1.0]]), torch.tensor([[-2.0, -3.0]]))
    assert metric.value() == pytest.approx(2 / 3)


def test_numbers_that_never_differ_do_not_count_in_r2() -> None:
    metric = REGISTRY["r2"](Value((2,), "vector"), Value((2,), "vector"))
    metric.update(torch.tensor([[1.0, 5.0], [2.0, 6.0]]), torch.tensor([[1.0, 5.0], [3.0, 5.0]]))
    assert metric.value() == pytest.approx(0.5)
    alone = REGISTRY["r2"](Value((2,), "vector"), Value((2,), "vector"))
    alone.update(torch.tensor([[1.0, 5.0]]), torch.tensor([[1.0, 5.0]]))
    assert math.isnan(alone.value())
