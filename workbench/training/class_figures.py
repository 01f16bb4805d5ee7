"""What a confusion matrix says of each class: precision, recall, F1 and IoU. Needs numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class ClassFigures:
    """One class.

    Attributes:
        name: of the class.
        samples: how many there are, or pixels of masks.
        precision: how many of those that were taken for it are of it; None where none was taken for it.
        recall: how many of those that are of it were taken for it; None where there are none.
        f1: the harmonic mean of both, which of masks is Dice; None where nothing is of it or taken for it.
        iou: how many are both of it and taken for it, of those that are either; likewise.
    """

    name: str
    samples: int
    precision: float | None
    recall: float | None
    f1: float | None
    iou: float | None


def class_figures(matrix: NDArray[Any], names: Sequence[str] = ()) -> tuple[ClassFigures, ...]:
    """Returns the figures of each class, in the order of the classes.

    Args:
        matrix: counts (true class, said class).
        names: of the classes; without as many, numbers take their place.
    """
    called = names if len(names) == len(matrix) else [str(number) for number in range(len(matrix))]
    rows = []
    for number, name in enumerate(called):
        right, said, there = int(matrix[number, number]), int(matrix[:, number].sum()), int(matrix[number].sum())
        either = said + there - right
        f1, iou = _share(2 * right, said + there), _share(right, either)
        rows.append(ClassFigures(name, there, _share(right, said), _share(right, there), f1, iou))
    return tuple(rows)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
