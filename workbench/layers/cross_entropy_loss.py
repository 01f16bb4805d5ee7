"""The usual loss for telling classes apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from workbench.core.values import Json, Value
from workbench.layers.base_loss import Loss
from workbench.layers.call import Call, call
from workbench.layers.spec import In, Layer, SetWidth, ShapeError, layer

if TYPE_CHECKING:
    from torch import nn


@layer(title="Cross-entropy loss", group="Loss")
class CrossEntropyLoss(Loss):
    """Measures how little probability the right class gets; scores go in as they are, without a softmax before."""

    stem: ClassVar[str] = "loss"
    inputs: ClassVar[tuple[In, ...]] = (
        In("prediction", kinds={"vector", "map"}),
        In("target", kinds={"class", "mask"}, default_source="Target"),
    )
    activation: ClassVar[str] = "softmax"
    formula: ClassVar[str] = "loss = −log(softmax(prediction)[target])"

    reduction: Literal["mean", "sum"] = Field("mean", description="Mean or sum over the batch")
    label_smoothing: float = Field(0.0, ge=0, lt=1, description="Share of the right answer spread over all classes")

    def output(self, prediction: Value, target: Value) -> Value:
        expected = prediction.shape[1:]
        if target.shape != expected:
            raise ShapeError(
                f"scores of {prediction} need one class for each of {Value(expected)}, but the target is {target}.",
                port="target",
                found=str(target),
                needed=str(Value(expected)),
            )
        classes = len(target.classes)
        if classes and prediction.channels != classes:
            raise ShapeError(
                f"gets {prediction.channels} scores, but the data has {classes} classes.",
                port="prediction",
                found=f"{prediction.channels} scores",
                needed=f"{classes} scores",
                fixes=(SetWidth(classes),),
            )
        return Value((), "loss")

    def module(self, prediction: Value, target: Value) -> Call:
        return call("nn.CrossEntropyLoss", reduction=self.reduction, label_smoothing=self.label_smoothing)

    @classmethod
    def from_module(cls, module: nn.Module) -> Layer:
        """torch's `weight` is one number for each class, which cannot be drawn; ours stays outside the module.

        Raises:
            ValueError: the module weighs the classes or ignores one.
        """
        if getattr(module, "weight", None) is not None or getattr(module, "ignore_index", -100) != -100:
            raise ValueError("a cross-entropy loss with weighted or ignored classes cannot be drawn")
        return cls.model_validate({name: getattr(module, name) for name in ("reduction", "label_smoothing")})

    def answer(self, prediction: Value) -> Mapping[str, Json]:
        return {"kind": "mask", "shape": list(prediction.spatial)} if prediction.spatial else {"kind": "class"}

    def divisor(self, value: Value, samples: int) -> float:
        """Every sample, or every pixel of a mask, counts once."""
        return super().divisor(value.reshaped(*value.spatial), samples)
