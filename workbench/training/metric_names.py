"""Metrics are asked for by what they are: with a single loss one is called `accuracy`, with several `accuracy.NODE`.

Those of the loss that counts most come first among an epoch's metrics (`training.evaluation`), and so the first of a
kind is the one to go by wherever there is room for one only: the best epoch, patience, lists and curves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

LOSS = "loss"
ACCURACY = "accuracy"


def kind_of(name: str) -> str:
    """What a metric is: `accuracy` of `accuracy.head`."""
    return name.partition(".")[0]


def term_of(name: str) -> str:
    """The loss node that a metric is of; empty where there is only one, and for the whole loss."""
    return name.partition(".")[2]


def metric_of_kind(names: Iterable[str], kind: str) -> str:
    """The name of the metric of that kind to go by, empty if there is none."""
    return next((name for name in names if kind_of(name) == kind), "")


def main_metric(metrics: Mapping[str, Any]) -> str:
    """The name of the metric that tells most: the accuracy where there is one, else the loss; empty without both."""
    numbers = [name for name, value in metrics.items() if isinstance(value, (int, float))]
    return metric_of_kind(numbers, ACCURACY) or (LOSS if LOSS in numbers else "")
