"""Metrics are asked for by what they are: with a single loss one is called `accuracy`, with several `accuracy.NODE`.

Those of the loss that counts most come first among an epoch's metrics (`training.reported`), and so the first of a
kind is the one to go by wherever there is room for one only: the best epoch, patience, lists and curves.

What a metric is, how it is written and which way is better stands in its declaration (`training.metrics`). A log may
have metrics that this version does not know: they are plain numbers by their own names, of which less is better.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from workbench.training.metrics.spec import REGISTRY, SHARE, Metric

LOSS, AUTO = "loss", "auto"
PLAIN = ".4g"  # how a number is written that no metric declares


def kind_of(name: str) -> str:
    """What a metric is: `accuracy` of `accuracy.head`."""
    return name.partition(".")[0]


def term_of(name: str) -> str:
    """The loss node that a metric is of; empty where there is only one, and for the whole loss."""
    return name.partition(".")[2]


def declared(name: str) -> type[Metric] | None:
    """The declaration of a metric; None for a loss, and for what this version does not know."""
    return REGISTRY.get(kind_of(name))


def title_of(name: str) -> str:
    """What people read: "top-5 accuracy", or "accuracy of head" where there are several losses."""
    metric, term = declared(name), term_of(name)
    words = metric.title if metric else kind_of(name)
    return f"{words} of {term}" if term else words


def is_detail(name: str) -> bool:
    """Returns whether lines that say how a run goes leave a metric out."""
    metric = declared(name)
    return metric is not None and metric.is_detail


def unit_of(name: str) -> str:
    """The unit of a metric; "" where it has none of its own."""
    metric = declared(name)
    return metric.unit if metric else ""


def axis_of(name: str) -> str:
    """The title of a metric's axis: "PSNR (dB)"; shares are recognised by their numbers."""
    unit = unit_of(name)
    return f"{title_of(name)} ({unit})" if unit not in ("", SHARE) else title_of(name)


def value_text(name: str, value: float) -> str:
    """A value of a metric as people read it, with its unit."""
    metric = declared(name)
    return metric.text(value) if metric else f"{value:{PLAIN}}"


def cost(name: str, value: float) -> float:
    """A value of a metric as something of which less is better, to be compared."""
    metric = declared(name)
    return -value if metric and metric.higher_is_better else value


def is_number(value: object) -> bool:
    """Whether a log has a number for a metric; one that could not be measured is null or NaN."""
    return isinstance(value, (int, float)) and not math.isnan(value)


def metric_of_kind(names: Iterable[str], kind: str) -> str:
    """The name of the metric of that kind to go by, empty if there is none."""
    return next((name for name in names if kind_of(name) == kind), "")


def beside_loss(metrics: Iterable[str]) -> list[str]:
    """The names that are neither the loss nor a term of it, in their order."""
    return [name for name in metrics if kind_of(name) != LOSS]


def main_metric(metrics: Mapping[str, Any]) -> str:
    """The name of the metric that `auto` goes by: one that is declared so, else the loss; empty without both."""
    numbers = _numbers(metrics)
    main = [(metric.rank, name) for name in numbers if (metric := declared(name)) and metric.is_main]
    return min(main, key=lambda each: each[0])[1] if main else LOSS if LOSS in numbers else ""


def gone_by(metrics: Mapping[str, Any], monitor: str = AUTO) -> str:
    """The name of the metric by which the best epoch is chosen; the loss where what was asked for is not there.

    Args:
        metrics: values by name.
        monitor: `training.monitor`: "auto", or what a metric is, or its name.
    """
    if monitor == AUTO:
        return main_metric(metrics)
    numbers = _numbers(metrics)
    if monitor in numbers:
        return monitor
    found = "" if term_of(monitor) else metric_of_kind(numbers, monitor)
    return found or (LOSS if LOSS in numbers else "")


def loss_of(name: str, metrics: Mapping[str, Any]) -> str:
    """The name of the loss that goes with a metric: that of its loss node, where there are several, else the whole."""
    own = f"{LOSS}.{term_of(name)}"
    return own if own in metrics else LOSS


def telling(metrics: Mapping[str, Any], monitor: str = AUTO) -> str:
    """The name of the metric to show where there is room for one: that gone by, or the first beside a mere loss."""
    chosen = gone_by(metrics, monitor)
    if monitor == AUTO and chosen in ("", LOSS):
        return next(iter(beside_loss(_numbers(metrics))), chosen)
    return chosen


def _numbers(metrics: Mapping[str, Any]) -> list[str]:
    return [name for name, value in metrics.items() if isinstance(value, (int, float))]
