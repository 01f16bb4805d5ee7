"""The loss of yes and no, for each value by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, field_validator

from workbench.core.values import Value
from workbench.layers.base_difference_loss import PICTURED, DifferenceLoss
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_CHANNELS, Numbers
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer

if TYPE_CHECKING:
    from torch import nn


@layer(title="Binary cross-entropy with logits", group="Loss")
class BCEWithLogitsLoss(DifferenceLoss):
    """Measures for each score how unlikely its yes or no is; scores go in as they are, without a sigmoid before."""

    inputs: ClassVar[tuple[In, ...]] = (
        In("prediction", kinds=PICTURED),
        In("target", kinds=PICTURED, unit_range=True, default_source="Target"),
    )
    activation: ClassVar[str] = "sigmoid"
    formula: ClassVar[str] = "loss = mean of −target · log σ(prediction) − (1 − target) · log(1 − σ(prediction))"

    pos_weight: Numbers = Field(
        (),
        max_length=MOST_CHANNELS,
        description="How much a yes counts against a no: one number, or one for each channel; empty: the same",
    )

    @field_validator("pos_weight")
    @classmethod
    def _not_negative(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if any(number < 0 for number in value):
            raise ValueError("must be at least 0")
        return value

    def output(self, prediction: Value, target: Value) -> Value:
        channels = prediction.channels if prediction.shape else 1
        if len(self.pos_weight) not in (0, 1, channels):
            raise ShapeError(
                f"pos_weight has {len(self.pos_weight)} numbers for {channels} channels.",
                port="",
                found=f"{len(self.pos_weight)} numbers",
                needed=f"none, 1 or {channels}",
                fixes=(SuggestParam("pos_weight", []),),
            )
        return super().output(prediction, target)

    def module(self, prediction: Value, target: Value) -> Call:
        if not self.pos_weight:
            return super().module(prediction, target)
        axes = max(0, len(prediction.shape) - 1)
        home = "workbench.layers.bce_with_logits_loss.module"
        return call("WeightedBCEWithLogitsLoss", axes=axes, home=home, **self.of_module())

    @classmethod
    def from_module(cls, module: nn.Module) -> Layer:
        """torch keeps `pos_weight` as a tensor that is spread over the scores, ours as numbers.

        Raises:
            ValueError: the module weighs single values.
        """
        if getattr(module, "weight", None) is not None:
            raise ValueError("a BCEWithLogitsLoss that weighs single values cannot be drawn")
        weights = getattr(module, "pos_weight", None)
        kept = getattr(module, "given_pos_weight", None)
        numbers = kept if kept is not None else () if weights is None else weights.flatten().tolist()
        return cls.model_validate({"reduction": module.reduction, "pos_weight": numbers})
