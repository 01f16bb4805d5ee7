"""What all losses have in common: how much they count, how that rises, and how they are reduced."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Json, Value
from workbench.layers.spec import Layer


class Loss(Layer):
    """A term of the objective; subclasses add `reduction`, ports and module.

    A `reduction` says over what the sum is divided: "sum" by nothing, "batch_mean" by the number of samples, "mean" by
    the number of values too. That is what is learnt by; what is reported is always the loss of one sample on average.
    """

    output_ports: ClassVar[tuple[str, ...]] = ("loss",)
    is_loss: ClassVar[bool] = True
    takes_scores: ClassVar[str] = "prediction"

    weight: float = Field(1.0, ge=0, le=1e6, description="How much it counts in the sum of all losses")
    warmup_steps: int = Field(
        0, ge=0, le=10**9, description="Steps over which its weight rises from 0 to that; 0 has it whole at once"
    )

    def divisor(self, value: Value, samples: int) -> float:
        """What a sum over all values of a batch is divided by.

        Args:
            value: what is measured.
            samples: how many there are in the batch.
        """
        reduction = getattr(self, "reduction", "sum")
        return {"sum": 1, "batch_mean": samples}.get(reduction, samples * prod(value.shape))

    def answer(self, prediction: Value) -> Mapping[str, Json]:
        """Settings of the Target that a prediction is usually compared with."""
        return {"kind": prediction.kind, "shape": list(prediction.shape)}

    def samples_in(self, value: Value, samples: int) -> float:
        """How many samples' mean the loss of a batch is: all of them, but of a plain sum 1.

        So times this it is a sum over samples, and a sum over several batches does not depend on how they were cut.
        """
        return self.divisor(value, samples) / self.divisor(value, 1)

    def windows(self, *values: Value) -> None:
        """A loss is of the whole sample."""
        return
