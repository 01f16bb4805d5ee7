"""How far a run is: everything about it that is a plain number, kept in each checkpoint."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from workbench.core.values import Json

Count = Annotated[int, Field(ge=0, le=10**12)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@dataclass
class Progress:
    """Where a run stands.

    Attributes:
        epoch: epochs that are complete.
        batch: batches of the epoch under way that are done.
        step: steps done in all.
        sums: what the training metrics of the epoch under way have added up, by metric.
        best: the monitored value of the best epoch so far, None before the first.
        best_metrics: the validation metrics of that epoch.
        best_step: the step it ended at.
        epochs_without_best: how long ago that was.
        seconds: time spent, pauses left out.
        epoch_seconds: the part of it in the epoch under way.
        lr_factor: what the scheduled learning rate is multiplied by since the user changed it.
        log_length: bytes of events.jsonl that belong to the steps done.
        averaged: how often weights were taken into their average, in the stage under way.
    """

    epoch: Count = 0
    batch: Count = 0
    step: Count = 0
    sums: dict[str, list[float]] = field(default_factory=dict)
    best: float | None = None
    best_metrics: dict[str, float] = field(default_factory=dict)
    best_step: Count = 0
    epochs_without_best: Count = 0
    seconds: Amount = 0.0
    epoch_seconds: Amount = 0.0
    lr_factor: Amount = 1.0
    log_length: Count = 0
    averaged: Count = 0

    def take_epoch(self, value: float, loss: str, metrics: Mapping[str, float]) -> bool:
        """Takes an epoch's metrics in; returns whether it is the best so far, of equal ones that with less loss.

        Early stopping waits for one that is better, and not for one that is equal.

        Args:
            value: what is gone by; less is better.
            loss: the name of the loss that goes with it.
            metrics: of the epoch.
        """
        is_equal = value == self.best and metrics[loss] < self.best_metrics.get(loss, -math.inf)
        is_better = self.best is None or value < self.best or (math.isnan(self.best) and not math.isnan(value))
        self.epochs_without_best = 0 if is_better else self.epochs_without_best + 1
        if is_better or is_equal:
            self.best, self.best_step, self.best_metrics = value, self.step, dict(metrics)
        return is_better or is_equal

    def as_json(self) -> dict[str, Json]:
        """As a checkpoint keeps it; JSON has no word for what is infinite or no number, so that is spelt as a text."""
        return {key: _spelt(value) for key, value in asdict(self).items()}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Progress:
        """Reads what `as_json` gave.

        Raises:
            pydantic.ValidationError: something is of the wrong type.
        """
        known = dict(row)
        if isinstance(known.get("best_metrics"), dict):  # earlier versions wrote null for what is no finite number
            metrics = known["best_metrics"].items()
            known["best_metrics"] = {name: math.nan if value is None else value for name, value in metrics}
        return _READER.validate_python(known)


def _spelt(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _spelt(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_spelt(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


_READER = TypeAdapter(Progress)
