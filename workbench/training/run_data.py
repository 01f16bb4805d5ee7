"""The curves of one run as numbers, as they come in or are read back; `Curves` draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workbench.training.metric_names import LOSS, beside_loss
from workbench.training.pyramid import Pyramid

TERM = "loss."  # what the names of the terms of the loss begin with, among an epoch's metrics
Points = Sequence[tuple[float, float]]


class RunData:
    """What is known of a run's course.

    Attributes:
        batches: the loss of every batch; x is in epochs.
        epochs: points by "train loss", "validation accuracy" and so on.
        end: how many epochs the run has or will have.
    """

    def __init__(self, end: int = 1) -> None:
        self.batches = Pyramid()
        self.epochs: dict[str, list[tuple[float, float]]] = {}
        self.end = float(max(1, end))
        self._waiting: list[tuple[float, float]] = []
        self._stale: dict[str, None] = {}  # in the order in which they came, which is that of the legend

    def add_batch(self, epoch: float, loss: float) -> None:
        """Adds one step; it is among the batches after `take_in`."""
        self._waiting.append((epoch, loss))

    def add_batches(self, points: Points) -> None:
        """Adds many steps behind the others."""
        self.take_in()
        if points:
            x, y = np.array(points).T
            self.batches.extend(x, y)

    def add_epoch(self, epoch: int, name: str, metrics: Mapping[str, Any]) -> None:
        """Adds the metrics of an epoch, for "train" or "validation"."""
        terms = [metric for metric in metrics if metric.startswith(TERM)] if name == "train" else []
        for metric in (LOSS, *beside_loss(metrics), *terms):
            if isinstance(metrics.get(metric), float):
                self.epochs.setdefault(f"{name} {metric}", []).append((epoch, metrics[metric]))
                self._stale[f"{name} {metric}"] = None

    def measured(self) -> list[str]:
        """Returns the names of the metrics beside the loss, in the order in which they came."""
        return beside_loss(dict.fromkeys(key.split(" ", 1)[1] for key in self.epochs))

    def add_events(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Adds EpochEnded events as a log holds them."""
        for event in events:
            for name in ("train", "validation"):
                self.add_epoch(event["epoch"], name, event[name])

    def put_before(self, losses: Points, epochs: Sequence[Mapping[str, Any]]) -> None:
        """Puts what a run did before it was stopped in front of what has come in since."""
        self.take_in()
        later, since = self.batches, self.epochs
        self.batches, self.epochs = Pyramid(), {}
        self.add_batches(losses)
        self.batches.extend(later.x.values, later.y.values)
        self.add_events(epochs)
        for key, points in since.items():
            self.epochs.setdefault(key, []).extend(points)
            self._stale[key] = None

    def take_in(self) -> None:
        """Puts the steps that have come in behind the others."""
        if self._waiting:
            x, y = np.array(self._waiting).T
            self._waiting = []
            self.batches.extend(x, y)

    def outline(self, most: int) -> list[float]:
        """Returns the loss of all batches in at most so many points, each the mean of its neighbours."""
        self.take_in()
        values = self.batches.y.values
        return [float(part.mean()) for part in np.array_split(values, min(most, len(values)))] if len(values) else []

    def share_done(self) -> float:
        """Returns how much of the run is done, from 0 to 1, by the last batch or epoch that is known."""
        self.take_in()
        batches = self.batches.x.values[-1:].tolist()
        epochs = [points[-1][0] for points in self.epochs.values()]
        return float(min(1.0, max([0.0, *batches, *epochs]) / self.end))

    def take_stale(self) -> list[str]:
        """Returns the names of the curves that have changed since the last call."""
        stale, self._stale = list(self._stale), {}
        return stale

    def mark_all(self) -> None:
        """Makes every curve a changed one: another drawing begins."""
        self._stale = dict.fromkeys(self.epochs)
