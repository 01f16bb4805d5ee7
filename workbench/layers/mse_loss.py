"""The usual loss for numbers and reconstructions."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, SetWidth, ShapeError, layer


@layer(title="Mean squared error", group="Loss")
class MSELoss(Layer):
    """Measures the squared distance between prediction and target."""

    inputs: ClassVar[tuple[In, ...]] = (
        In("prediction", kinds={"map", "vector", "sequence", "scalar"}),
        In("target", kinds={"map", "vector", "sequence", "scalar"}),
    )
    output_ports: ClassVar[tuple[str, ...]] = ("loss",)
    is_loss: ClassVar[bool] = True
    metrics: ClassVar[tuple[str, ...]] = ("rmse", "psnr")
    formula: ClassVar[str] = "loss = mean of (prediction − target)²"

    weight: float = Field(1.0, ge=0, le=1e6, description="How much it counts in the sum of all losses")
    reduction: Literal["mean", "sum"] = Field("mean", description="Mean or sum over all values of the batch")

    def output(self, prediction: Value, target: Value) -> Value:
        if prediction.shape != target.shape:
            fixes = (SetWidth(target.shape[0]),) if target.shape and prediction.shape[1:] == target.shape[1:] else ()
            raise ShapeError(
                f"compares {prediction} with a target of {target}; they must have one shape.",
                port="prediction",
                found=str(prediction),
                needed=str(target),
                fixes=fixes,
            )
        return Value((), "loss")

    def module(self, prediction: Value, target: Value) -> Call:
        return call("nn.MSELoss", reduction=self.reduction)

    def reach(self) -> None:
        """A loss is of the whole sample."""
        return
