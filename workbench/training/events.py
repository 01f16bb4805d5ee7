"""The events of a training, in order: one `RunStarted`, then steps and epochs, then one `RunEnded`.

Events are frozen and hold numbers, texts and numpy arrays only: they may cross threads and go into a log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from workbench.core.values import Json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Metrics = Mapping[str, float]
MOST_LOGGED_CLASSES = 100  # a confusion matrix of more is not written into the log
Reason = Literal["finished", "stopped", "early_stop", "nan"]


@dataclass(frozen=True)
class Event:
    """Something that happened in a run."""

    def as_json(self) -> dict[str, Json]:
        """As `train --json` prints it and events.jsonl keeps it."""
        row: dict[str, Json] = {"event": type(self).__name__}
        for each in fields(self):
            if each.metadata.get("logged", True):
                row[each.name] = _plain(getattr(self, each.name))
        return row


def _plain(value: Any) -> Json:
    if hasattr(value, "tolist"):  # an array; numpy need not be loaded to know one
        return value.tolist()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


@dataclass(frozen=True)
class RunStarted(Event):
    """The run has its data and network; `step` is above 0 when it goes on from a checkpoint."""

    run: str
    step: int
    epochs: int
    steps_per_epoch: int
    batch_size: int
    samples: Mapping[str, int]
    parameters: int
    device: str
    threads: int


@dataclass(frozen=True)
class StepEnded(Event):
    """One batch has been learnt from; `step` counts from 1, `epoch` too."""

    step: int
    epoch: int
    batch: int
    loss: float
    lr: float
    samples: int


@dataclass(frozen=True)
class EpochEnded(Event):
    """A round through the training data, with its validation; `seconds` is the time of both."""

    epoch: int
    step: int
    train: Metrics
    validation: Metrics
    lr: float
    is_best: bool
    seconds: float
    confusion: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Json]:
        """As the log keeps it: with its confusion matrices only if its weights are kept, and they are no larger than
        what a person reads; else every epoch of a thousand classes would write megabytes."""
        row = super().as_json()
        small = {name: each for name, each in self.confusion.items() if len(each) <= MOST_LOGGED_CLASSES}
        row["confusion"] = _plain(small) if self.is_best else {}
        return row


@dataclass(frozen=True)
class SnapshotTaken(Event):
    """Weights at one moment: views into a kept buffer, to be given back with `release` once they are read."""

    step: int
    weights: Mapping[str, NDArray[Any]] = field(metadata={"logged": False})
    release: Callable[[], None] = field(metadata={"logged": False})


@dataclass(frozen=True)
class CheckpointWritten(Event):
    """Everything needed to go on from this step is safely on disk."""

    step: int
    file: str


@dataclass(frozen=True)
class RateChanged(Event):
    """The user has asked for another learning rate; the schedule goes on from it in proportion."""

    step: int
    lr: float


@dataclass(frozen=True)
class Warned(Event):
    """Something a person should know, in a sentence; `is_grave` where something is lost or will be.

    `rate` is a learning rate to try instead, where that is the advice; else 0.
    """

    step: int
    message: str
    is_grave: bool = False
    rate: float = 0.0


@dataclass(frozen=True)
class RunEnded(Event):
    """The run is over; `test` has the metrics of the run's weights, the best ones, on the test split."""

    reason: Reason
    run: str
    epoch: int
    step: int
    test: Metrics
    best: Metrics
    seconds: float
    message: str = ""
