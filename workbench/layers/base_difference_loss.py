"""What the losses have in common that compare numbers of one shape, value by value."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_loss import Loss
from workbench.layers.call import Call, call
from workbench.layers.spec import In, SetWidth, ShapeError

PICTURED = frozenset({"map", "vector", "sequence", "scalar"})


def check_same_shape(prediction: Value, target: Value) -> None:
    """Refuses a prediction of another shape than its target.

    Raises:
        ShapeError: they differ.
    """
    if prediction.shape != target.shape:
        fixes = (SetWidth(target.shape[0]),) if target.shape and prediction.shape[1:] == target.shape[1:] else ()
        raise ShapeError(
            f"compares {prediction} with a target of {target}; they must have one shape.",
            port="prediction",
            found=str(prediction),
            needed=str(target),
            fixes=fixes,
            fits=target,
        )


class DifferenceLoss(Loss):
    """Compares a prediction with a target of its shape; the subclasses are called as torch's modules."""

    stem: ClassVar[str] = "loss"
    inputs: ClassVar[tuple[In, ...]] = (
        In("prediction", kinds=PICTURED),
        In("target", kinds=PICTURED, default_source="Target"),
    )

    reduction: Literal["mean", "sum"] = Field("mean", description="Mean or sum over all values of the batch")

    def output(self, prediction: Value, target: Value) -> Value:
        check_same_shape(prediction, target)
        return Value((), "loss")

    def module(self, prediction: Value, target: Value) -> Call:
        return call(f"nn.{type(self).__name__}", **self.of_module())
