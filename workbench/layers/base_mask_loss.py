"""What the losses have in common that compare scores with class numbers, or with yes and no for each channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json, Value
from workbench.layers.base_class_loss import check_classes, class_answer
from workbench.layers.base_difference_loss import check_same_shape
from workbench.layers.base_loss import Loss
from workbench.layers.spec import In


class MaskLoss(Loss):
    """Compares scores with class numbers (...), or with a target of their shape between 0 and 1."""

    stem: ClassVar[str] = "loss"
    inputs: ClassVar[tuple[In, ...]] = (
        In("prediction", kinds={"map", "vector"}),
        In("target", kinds={"class", "mask", "map", "vector"}, unit_range=True, default_source="Target"),
    )

    def output(self, prediction: Value, target: Value) -> Value:
        if target.kind in ("class", "mask"):
            check_classes(prediction, target)
        else:
            check_same_shape(prediction, target)
        return Value((), "loss")

    def answer(self, prediction: Value) -> Mapping[str, Json]:
        return class_answer(prediction) if prediction.channels > 1 else super().answer(prediction)
