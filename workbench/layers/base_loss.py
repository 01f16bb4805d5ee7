"""What all losses have in common: how much they count, how that rises, and how they are reduced."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from workbench.core.values import Json, Value
from workbench.layers.spec import Layer

if TYPE_CHECKING:
    from torch import Tensor, nn


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

    def of_module(self) -> dict[str, Any]:
        """The settings that are the torch module's; how much the loss counts is no business of it."""
        names = type(self).model_fields.keys() - Loss.model_fields.keys()
        fields = type(self).model_fields
        return {
            name: getattr(self, name)
            for name in fields
            if name in names and (name == "reduction" or getattr(self, name) != fields[name].default)
        }

    @classmethod
    def from_module(cls, module: nn.Module) -> Layer:
        """torch's `weight`, one number for each value, is another thing than how much the loss counts.

        Raises:
            ValueError: the module weighs single values.
        """
        if getattr(module, "weight", None) is not None:
            raise ValueError(f"a {cls.__name__} that weighs single values cannot be drawn")
        names = cls.model_fields.keys() - Loss.model_fields.keys()
        return cls.model_validate({name: getattr(module, name) for name in names if hasattr(module, name)})

    def counted(self, prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Returns what of a batch metrics are taken of: everything, unless a loss leaves something out."""
        return prediction, target

    @property
    def uncounted_class(self) -> int | None:
        """The class that is no part of the answer, such as void, and so in no metric; None where all classes are."""
        return None

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
