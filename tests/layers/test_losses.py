"""Losses against torch's functions, torchvision's, and the equations of the papers that they come from."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.ops import sigmoid_focal_loss

from workbench.core.values import Value
from workbench.layers.base_loss import Loss
from workbench.layers.bce_with_logits_loss import BCEWithLogitsLoss
from workbench.layers.cosine_embedding_loss import CosineEmbeddingLoss
from workbench.layers.cross_entropy_loss import CrossEntropyLoss
from workbench.layers.dice_loss import DiceLoss
from workbench.layers.focal_loss import FocalLoss
from workbench.layers.kl_div_loss import KLDivLoss
from workbench.layers.nll_loss import NLLLoss
from workbench.layers.spec import ShapeError, find
from workbench.layers.triplet_margin_loss import TripletMarginLoss

SCORES, CLASS = Value((4,), "vector"), Value((), "class", "int64")
PICTURE, MASK = Value((3, 5, 4)), Value((5, 4), "mask", "int64")
VECTOR = Value((6,), "vector")
EXACT: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-12}


def lost(loss: Loss, values: tuple[Value, ...], *tensors: Tensor) -> Tensor:
    """What a loss gives for a batch, in float64."""
    loss.outputs(*values)
    call = loss.module(*values)
    assert call is not None
    found: Tensor = call.build().double()(*tensors)
    return found


def batch(value: Value, classes: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Scores and class numbers of 7 samples."""
    torch.manual_seed(seed)
    return torch.randn(7, *value.shape, dtype=torch.float64), torch.randint(classes, (7, *value.shape[1:]))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("settings", [
    {"class_weights": (0.5, 2.0, 0.0, 1.25)}, {"ignore_index": 2}, {"ignore_index": 255, "label_smoothing": 0.25},
    {"class_weights": (1.5, 0.5, 3.0, 1.0), "ignore_index": 0, "label_smoothing": 0.5},
])  # fmt: skip
def test_cross_entropy_is_torchs_with_weights_and_what_does_not_count(settings: dict[str, Any], reduction: str) -> None:
    scores, target = batch(SCORES, 4)
    target[3] = settings.get("ignore_index", 1)
    loss = CrossEntropyLoss.model_validate({**settings, "reduction": reduction})
    weights = settings.get("class_weights")
    theirs = nn.CrossEntropyLoss(
        torch.tensor(weights, dtype=torch.float64) if weights else None,
        ignore_index=settings.get("ignore_index", -100),
        reduction=reduction,
        label_smoothing=settings.get("label_smoothing", 0.0),
    )
    torch.testing.assert_close(lost(loss, (SCORES, CLASS), scores, target), theirs(scores, target), **EXACT)
    assert CrossEntropyLoss.from_module(theirs) == loss


@pytest.mark.parametrize("cls", [CrossEntropyLoss, NLLLoss])
@pytest.mark.parametrize("nothing", [255, 1])
def test_where_nothing_counts_nothing_is_lost(cls: type[CrossEntropyLoss | NLLLoss], nothing: int) -> None:
    scores, target = batch(PICTURE, 3)
    scores.requires_grad_(True)
    loss = lost(cls(ignore_index=nothing), (PICTURE, MASK), scores, torch.full_like(target, nothing))
    loss.backward()
    assert float(loss.detach()) == 0
    assert scores.grad is not None
    assert not scores.grad.any()
    half = torch.where(torch.rand(target.shape) < 0.5, nothing, target)
    theirs = {CrossEntropyLoss: F.cross_entropy, NLLLoss: F.nll_loss}[cls]
    ours = lost(cls(ignore_index=nothing), (PICTURE, MASK), scores, half)
    torch.testing.assert_close(ours, theirs(scores, half, ignore_index=nothing), **EXACT)


@pytest.mark.parametrize("shape", [(4,), (3, 5, 4)])
def test_log_likelihood_of_log_softmax_is_cross_entropy(shape: tuple[int, ...]) -> None:
    value = Value(shape, "vector" if len(shape) == 1 else "map")
    answer = CLASS if len(shape) == 1 else MASK
    scores, target = batch(value, shape[0])
    ours = lost(NLLLoss(), (value, answer), scores.log_softmax(1), target)
    torch.testing.assert_close(ours, lost(CrossEntropyLoss(), (value, answer), scores, target), **EXACT)


def test_class_weights_must_be_as_many_as_there_are_scores() -> None:
    with pytest.raises(ShapeError, match="3 class weights for 4 scores"):
        CrossEntropyLoss(class_weights=(1.0, 2.0, 3.0)).outputs(SCORES, CLASS)
    with pytest.raises(ValueError, match="at least 0"):
        NLLLoss(class_weights=(1.0, -0.5))


@pytest.mark.parametrize("weights", [(), (3.0,), (0.5, 2.0, 4.0)])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_yes_and_no_are_torchs_with_weights_of_channels(weights: tuple[float, ...], reduction: str) -> None:
    scores, _ = batch(PICTURE, 3)
    target = torch.rand_like(scores).round()
    loss = BCEWithLogitsLoss.model_validate({"pos_weight": weights, "reduction": reduction})
    factor = torch.tensor(weights, dtype=torch.float64).reshape(-1, 1, 1) if weights else None
    theirs = nn.BCEWithLogitsLoss(pos_weight=factor, reduction=reduction)
    torch.testing.assert_close(lost(loss, (PICTURE, PICTURE), scores, target), theirs(scores, target), **EXACT)
    assert BCEWithLogitsLoss.from_module(theirs) == loss
    with pytest.raises(ShapeError, match="2 numbers for 3 channels"):
        BCEWithLogitsLoss(pos_weight=(1.0, 2.0)).outputs(PICTURE, PICTURE)


@pytest.mark.parametrize("name", ["BCEWithLogitsLoss", "L1Loss"])
def test_a_loss_that_weighs_single_values_is_refused(name: str) -> None:
    module = nn.BCEWithLogitsLoss(weight=torch.ones(3))
    cls = find(name)
    assert cls is not None
    with pytest.raises(ValueError, match=f"{name} that weighs single values"):
        cls.from_module(module)


@pytest.mark.parametrize("alpha", [0.25, 0.75, None])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_loss_is_torchvisions(alpha: float | None, gamma: float) -> None:
    scores, number = batch(PICTURE, 3)
    one_hot = F.one_hot(number, 3).movedim(-1, 1).double()
    loss = FocalLoss(alpha=alpha, gamma=gamma)
    theirs = sigmoid_focal_loss(scores, one_hot, -1 if alpha is None else alpha, gamma, "mean")
    for answer, target in ((PICTURE, one_hot), (MASK, number)):
        torch.testing.assert_close(lost(loss, (PICTURE, answer), scores, target), theirs, **EXACT)


def test_focal_loss_has_slopes_where_it_is_quite_sure() -> None:
    scores = torch.tensor([[60.0], [-900.0]], dtype=torch.float64, requires_grad=True)
    value = Value((1,), "vector")
    lost(FocalLoss(gamma=0.5), (value, value), scores, torch.tensor([[1.0], [0.0]], dtype=torch.float64)).backward()
    assert scores.grad is not None
    assert scores.grad.isfinite().all()


@pytest.mark.parametrize("smooth", [1e-6, 1.0])
@pytest.mark.parametrize("of_classes", [True, False])
def test_dice_is_the_papers_overlap(smooth: float, of_classes: bool) -> None:
    scores, number = batch(PICTURE, 3)
    one_hot = F.one_hot(number, 3).movedim(-1, 1).double()
    p = scores.softmax(1) if of_classes else scores.sigmoid()
    expected = 0.0
    for sample in range(len(p)):
        for c in range(3):
            a, b = p[sample, c], one_hot[sample, c]
            overlap = (2 * float((a * b).sum()) + smooth) / (float((a**2).sum()) + float((b**2).sum()) + smooth)
            expected += (1 - overlap) / 3 / len(p)
    target, answer = (number, MASK) if of_classes else (one_hot, PICTURE)
    found = lost(DiceLoss(smooth=smooth), (PICTURE, answer), scores, target)
    assert float(found) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("reduction", ["mean", "batchmean", "sum"])
@pytest.mark.parametrize("log_target", [True, False])
@pytest.mark.filterwarnings("ignore:reduction:UserWarning")  # torch's own, of the function that is compared with
def test_divergence_is_torchs(reduction: str, log_target: bool) -> None:
    torch.manual_seed(2)
    prediction, target = (torch.randn(7, 6, dtype=torch.float64).log_softmax(1) for _ in range(2))
    target = target if log_target else target.exp()
    loss = KLDivLoss.model_validate({"reduction": reduction, "log_target": log_target})
    ours = lost(loss, (VECTOR, VECTOR), prediction, target)
    theirs = F.kl_div(prediction, target, reduction=reduction, log_target=log_target)
    torch.testing.assert_close(ours, theirs, **EXACT)


@pytest.mark.parametrize("margin", [-0.5, 0.0, 0.5])
@pytest.mark.parametrize("kind", ["class", "scalar"])
def test_pairs_are_torchs_however_they_are_told(margin: float, kind: str) -> None:
    torch.manual_seed(4)
    x1, x2 = torch.randn(2, 7, 6, dtype=torch.float64)
    sign = torch.tensor([1, -1, -1, 1, -1, 1, 1])
    target = (sign > 0).long() if kind == "class" else sign[:, None].double()
    value = CLASS if kind == "class" else Value((1,), "vector")
    ours = lost(CosineEmbeddingLoss(margin=margin), (VECTOR, VECTOR, value), x1, x2, target)
    torch.testing.assert_close(ours, F.cosine_embedding_loss(x1, x2, sign, margin), **EXACT)


@pytest.mark.parametrize(("cls", "count"), [(TripletMarginLoss, 3), (CosineEmbeddingLoss, 2)])
def test_vectors_of_unequal_length_are_refused(cls: type[Loss], count: int) -> None:
    values = [VECTOR] * (count - 1) + [Value((5,), "vector")] + [CLASS] * (count == 2)
    with pytest.raises(ShapeError, match="vectors of 6 and 5"):
        cls().outputs(*values)


@pytest.mark.parametrize(("name", "divided"), [
    ("DiceLoss", 8), ("TripletMarginLoss", 8), ("KLDivLoss", 8), ("NLLLoss", 8 * 20), ("FocalLoss", 8 * 60),
    ("HuberLoss", 8 * 60),
])  # fmt: skip
def test_a_loss_says_what_its_sum_is_divided_by(name: str, divided: int) -> None:
    cls = find(name)
    assert cls is not None
    loss = cls()
    assert isinstance(loss, Loss)
    assert loss.divisor(PICTURE, 8) == divided
    assert loss.samples_in(PICTURE, 8) == 8
