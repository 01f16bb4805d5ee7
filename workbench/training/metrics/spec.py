"""How a metric is declared: what it is of, how it is added up batch by batch, and how its value is written.

Declaring needs no torch: a metric imports it, if at all, inside the methods that compute.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, TypeVar

from workbench.core.registry import Registry
from workbench.core.values import Value
from workbench.layers.spec import Layer

if TYPE_CHECKING:
    from torch import Tensor

REGISTRY: Registry[type[Metric]] = Registry("workbench.training.metrics")
M = TypeVar("M", bound="type[Metric]")
LAST = 100  # the rank of a metric that declares none
SHARE = "%"  # the unit of shares, which are between 0 and 1 and written in per cent


class Metric:
    """Sums over the batches seen so far; subclasses are declared with the decorator `@metric`.

    Whatever the batches, the same samples give the same value. What was added up is a list of numbers of a fixed
    length, so that a checkpoint inside an epoch keeps it.

    Attributes:
        name: as in logs, in JSON and in `training.monitor`: small letters, digits and underscores.
        title: what people read, as it stands within a sentence.
        unit: what its values are in, as axes and texts show it; "%" for shares, whose axis ends at 1; "" where that is
            the unit of the data.
        form: how Python writes a value, such as ".2%" or ".4g"; the unit is put behind it.
        higher_is_better: which way is better.
        is_cheap: whether it is also taken of the training batches while the network learns.
        is_number: whether it has one value; else it is a table of counts (`matrix`).
        is_main: whether `monitor: auto` goes by it rather than by the loss.
        of_classes: whether it is of classes, of which there is a confusion matrix too.
        is_detail: whether lines that say how a run goes leave it out; its curve, its column and `evaluate` have it.
        beside: for what compares the answer with another field of the same samples too: the name of the answer's field,
            and of the other one.
        rank: its place among the metrics of a loss; the smallest comes first.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    unit: ClassVar[str] = ""
    form: ClassVar[str] = ".4g"
    higher_is_better: ClassVar[bool] = True
    is_cheap: ClassVar[bool] = True
    is_number: ClassVar[bool] = True
    is_main: ClassVar[bool] = False
    of_classes: ClassVar[bool] = False
    is_detail: ClassVar[bool] = False
    beside: ClassVar[tuple[str, str] | None] = None
    rank: ClassVar[int] = LAST

    def __init__(self, prediction: Value, target: Value) -> None:
        """Begins with nothing added up.

        Args:
            prediction: what one sample's prediction is.
            target: what its answer is.
        """
        self.added = [0.0] * self.length(prediction, target)
        self.uncounted_class: int | None = None  # of the loss; in no mean over the classes

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        """Whether it can be taken of what a loss compares."""
        raise NotImplementedError

    @classmethod
    def length(cls, prediction: Value, target: Value) -> int:
        """How many numbers are added up; two, a sum and a count, without an override."""
        return 2

    def update(self, prediction: Tensor, target: Tensor) -> None:
        """Adds a batch to `added`: scores (N, C, ...) with classes (N, ...), or numbers of one shape (N, ...)."""
        raise NotImplementedError

    def update_beside(self, prediction: Tensor, target: Tensor, other: Tensor) -> None:
        """Adds a batch to `added`, with the other field (N, ...) of its samples; for metrics with `beside`."""
        raise NotImplementedError

    def value(self) -> float:
        """The metric over everything added; NaN before anything was. Without an override the sum by the count."""
        return self.added[0] / self.added[1] if self.added[1] else math.nan

    def sums(self) -> list[float]:
        """Everything added up, for a checkpoint."""
        return list(self.added)

    def restore(self, sums: Sequence[float]) -> None:
        """Puts back what `sums` gave."""
        self.added = list(sums)

    @classmethod
    def text(cls, value: float) -> str:
        """The value as people read it, with its unit."""
        unit = "" if cls.unit in ("", SHARE) or not math.isfinite(value) else f" {cls.unit}"
        return f"{value:{cls.form}}{unit}"

    @classmethod
    def summary(cls) -> str:
        """The docstring: one sentence."""
        return (cls.__doc__ or "").strip().splitlines()[0]


def metric(*, name: str, title: str) -> Callable[[M], M]:
    """Declares a metric under its name."""
    return REGISTRY.declares(name, title=title)


def tells_classes(prediction: Value, target: Value) -> bool:
    """Whether scores (C, ...) are compared with one class for each place (...)."""
    return target.kind in ("class", "mask") and bool(prediction.shape) and prediction.shape[1:] == target.shape


def tells_labels(loss: Layer, prediction: Value, target: Value) -> bool:
    """Whether scores are compared with yes or no for each of several named labels."""
    is_yes_or_no = loss.activation == "sigmoid" and prediction.shape == target.shape
    return is_yes_or_no and target.kind == "vector" and bool(target.classes)


def compares_numbers(loss: Layer, prediction: Value, target: Value) -> bool:
    """Whether numbers are compared with numbers of one shape, and not what a loss makes probabilities of."""
    return not loss.activation and target.kind not in ("class", "mask") and prediction.shape == target.shape


def applicable(loss: Layer, prediction: Value, target: Value) -> list[type[Metric]]:
    """Returns the metrics that can be taken of what a loss compares, by their rank."""
    found = [cls for _, cls in REGISTRY.items() if cls.applies_to(loss, prediction, target)]
    return sorted(found, key=lambda cls: cls.rank)
