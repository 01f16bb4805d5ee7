"""Fills the confusion matrix: of the epoch under way, of a run's log, or counted anew where its log has none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from workbench.core.errors import printable
from workbench.core.values import Json, Value
from workbench.gui.document.session import Session
from workbench.gui.training.confusion import FIRST, ConfusionMatrix
from workbench.training.events import MOST_LOGGED_CLASSES, EpochEnded
from workbench.training.history import matrix_of
from workbench.training.metric_names import declared, term_of
from workbench.training.verdicts import Verdicts

Epochs = Sequence[dict[str, Any]]
NO_CLASSES = "This network learns no classes, so there is no confusion matrix."


class RunMatrix:
    """What the matrix shows of a run."""

    def __init__(self, session: Session, widget: ConfusionMatrix) -> None:
        self._session, self._widget = session, widget

    def clear(self) -> None:
        """Shows nothing."""
        self._widget.show_counts(None)

    def say(self, text: str, *, can_count: bool = False) -> None:
        """Says in place of the matrix why there is none, or how far its counting is."""
        self._widget.show_counts(None, empty_text=text, can_count=can_count)

    def show_epoch(self, epoch: EpochEnded | None) -> None:
        """Shows the matrix of an epoch of the training under way."""
        found = next(iter(epoch.confusion.items()), None) if epoch is not None else None
        if found is None or epoch is None:
            if epoch is not None and epoch.validation and not _has_classes(epoch.validation):
                self.say(NO_CLASSES)
            else:
                self.clear()
        else:
            about = f"validation, epoch {epoch.epoch}"
            loss = term_of(found[0])
            is_mask = any(value.kind == "mask" for value in self._answers(loss)[:1])
            self._widget.show_counts(found[1], self._classes(loss), about=about, is_of_pixels=is_mask)

    def show_run(self, name: str, row: Mapping[str, Json] | None, epochs: Epochs) -> None:
        """Shows the matrix of a run's weights, as far as its log has it.

        Args:
            name: of the run.
            row: what is known of it; None while nothing is.
            epochs: its EpochEnded events.
        """
        matrix = matrix_of(row, epochs) if row is not None else None
        if matrix is None:
            why, can_count = _why_none(name, epochs)
            self.say(why, can_count=can_count)
        else:
            classes = matrix.classes or self._classes(matrix.loss)
            about = f"validation, best epoch ({matrix.epoch})"
            counts = np.array(matrix.counts, dtype=np.int64)
            self._widget.show_counts(counts, classes, about=about, is_of_pixels=matrix.is_of_pixels)

    def show_counted(self, verdicts: Verdicts) -> None:
        """Shows a matrix that was counted because the log has none."""
        self._widget.show_counts(verdicts.matrix(), verdicts.classes, about="validation, counted anew")

    def _classes(self, loss: str) -> tuple[str, ...]:
        """Names of the classes that a loss node compares with; without a name, those of the first that knows any."""
        answers = self._answers(loss)
        return answers[0].classes if answers else ()

    def _answers(self, loss: str) -> list[Value]:
        """What a loss node compares with, where that has names of classes; without a name, what any does."""
        graph, values = self._session.analysis.graph, self._session.analysis.shapes.values
        targets = [graph.incoming[node.id].get("target") for node in graph if loss in ("", node.name)]
        return [values[port] for port in targets if port in values and values[port].classes]


def _has_classes(metrics: Iterable[str]) -> bool:
    """Whether any of the metrics is of classes."""
    return any((metric := declared(name)) and metric.of_classes for name in metrics)


def _why_none(name: str, epochs: Epochs) -> tuple[str, bool]:
    """Why there is no confusion matrix of a run that is over, and whether it can be counted."""
    if not epochs:
        return FIRST, False
    if not epochs[-1].get("validation"):
        return f"{printable(name)} had no validation data, of which a confusion matrix could be counted.", False
    if not _has_classes(epochs[-1]["validation"]):
        return f"{printable(name)} learnt no classes, so there is no confusion matrix.", False
    why = (
        f"The log of {printable(name)} does not hold its confusion matrix: it was trained by an earlier version, "
        f"or for more than {MOST_LOGGED_CLASSES} classes. Click here, or press Enter, to count it now."
    )
    return why, True
