"""What is taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.spec import Metric, metric, tells_classes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

MOST_CONFUSED = 1000  # classes


@metric(name="confusion", title="confusion matrix")
class Confusion(Metric):
    """Counts how often each class (row) was taken for each class (column)."""

    is_cheap: ClassVar[bool] = False
    is_number: ClassVar[bool] = False
    of_classes: ClassVar[bool] = True

    def __init__(self, prediction: Value, target: Value) -> None:
        import numpy as np

        super().__init__(prediction, target)
        self._classes = prediction.channels
        self.matrix: NDArray[np.int64] = np.zeros((self._classes, self._classes), dtype=np.int64)

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        return tells_classes(prediction, target) and prediction.channels <= MOST_CONFUSED

    @classmethod
    def length(cls, prediction: Value, target: Value) -> int:
        return 0  # of `added`: what is counted is in the matrix

    def update(self, prediction: Tensor, target: Tensor) -> None:
        import torch

        pairs = target.flatten() * self._classes + prediction.argmax(1).flatten()
        counts = torch.bincount(pairs, minlength=self._classes**2).reshape(self._classes, self._classes)
        self.matrix = self.matrix + counts.cpu().numpy()

    def value(self) -> float:
        raise TypeError("A confusion matrix is no single number.")

    def sums(self) -> list[float]:
        return [float(count) for count in self.matrix.flat]

    def restore(self, sums: Sequence[float]) -> None:
        import numpy as np

        self.matrix = np.array(sums, dtype=np.int64).reshape(self._classes, self._classes)
