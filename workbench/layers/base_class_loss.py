"""What the losses have in common that compare scores with the number of the right class, of samples or of pixels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, field_validator

from workbench.core.values import Json, Value
from workbench.layers.base_loss import Loss
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_CHANNELS, Numbers
from workbench.layers.spec import In, Layer, SetWidth, ShapeError, SuggestParam

if TYPE_CHECKING:
    from torch import Tensor, nn

NOTHING = -100  # the class number that torch leaves out where no other is said


def check_classes(prediction: Value, target: Value) -> None:
    """Refuses scores that do not go with class numbers: one number for each place, one score for each class.

    Raises:
        ShapeError: they do not.
    """
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


def class_answer(prediction: Value) -> Mapping[str, Json]:
    """Settings of the Target that scores are compared with: a class, or one for each pixel."""
    return {"kind": "mask", "shape": list(prediction.spatial)} if prediction.spatial else {"kind": "class"}


class ClassLoss(Loss):
    """Compares scores (C, ...) with class numbers (...); the subclasses are called as torch's modules.

    What leaves classes out or weighs them is a module of ours by the name `Chosen…`, since a batch in which nothing
    counts has no mean in torch.
    """

    stem: ClassVar[str] = "loss"
    inputs: ClassVar[tuple[In, ...]] = (
        In("prediction", kinds={"vector", "map"}),
        In("target", kinds={"class", "mask"}, default_source="Target"),
    )
    activation: ClassVar[str] = "softmax"

    reduction: Literal["mean", "sum"] = Field("mean", description="Mean or sum over the batch")
    class_weights: Numbers = Field(
        (), max_length=MOST_CHANNELS, description="How much each class counts, one number for each; empty: all alike"
    )
    ignore_index: int = Field(
        NOTHING, ge=NOTHING, le=MOST_CHANNELS, description="Class number that does not count, such as 255 of borders"
    )

    @field_validator("class_weights")
    @classmethod
    def _not_negative(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if any(number < 0 for number in value):
            raise ValueError("must be at least 0")
        return value

    def output(self, prediction: Value, target: Value) -> Value:
        check_classes(prediction, target)
        if len(self.class_weights) not in (0, prediction.channels):
            raise ShapeError(
                f"has {len(self.class_weights)} class weights for {prediction.channels} scores.",
                port="",
                found=f"{len(self.class_weights)} class weights",
                needed=f"none, or {prediction.channels}",
                fixes=(SuggestParam("class_weights", []),),
            )
        return Value((), "loss")

    def module(self, prediction: Value, target: Value) -> Call:
        name = type(self).__name__
        if not self.class_weights and self.ignore_index == NOTHING:
            return call(f"nn.{name}", **self.of_module())
        return call(f"Chosen{name}", home=f"{type(self).__module__}.module", **self.of_module())

    @classmethod
    def from_module(cls, module: nn.Module) -> Layer:
        """torch's `weight` of each class is `class_weights` here, where `weight` is how much the loss counts."""
        names = cls.model_fields.keys() - Loss.model_fields.keys() - {"class_weights"}
        found: dict[str, Json] = {name: getattr(module, name) for name in names}
        weights = getattr(module, "weight", None)
        kept = getattr(module, "class_weights", None)
        found["class_weights"] = kept if kept is not None else () if weights is None else weights.tolist()
        return cls.model_validate(found)

    def answer(self, prediction: Value) -> Mapping[str, Json]:
        return class_answer(prediction)

    def counted(self, prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Without the places of the class that does not count, as (M, C) and (M,); shares give the largest one."""
        if target.is_floating_point():
            target = target.argmax(1)
        if self.ignore_index == NOTHING:
            return prediction, target
        keep = target != self.ignore_index
        return prediction.movedim(1, -1)[keep], target[keep]

    @property
    def uncounted_class(self) -> int | None:
        return None if self.ignore_index == NOTHING else self.ignore_index

    def divisor(self, value: Value, samples: int) -> float:
        """Every sample, or every pixel of a mask, counts once."""
        return super().divisor(value.reshaped(*value.spatial), samples)
