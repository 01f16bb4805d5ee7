"""The usual loss for telling classes apart."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.layers.base_class_loss import ClassLoss
from workbench.layers.spec import layer


@layer(title="Cross-entropy loss", group="Loss")
class CrossEntropyLoss(ClassLoss):
    """Measures how little probability the right class gets; scores go in as they are, without a softmax before."""

    formula: ClassVar[str] = "loss = −log(softmax(prediction)[target])"

    label_smoothing: float = Field(0.0, ge=0, lt=1, description="Share of the right answer spread over all classes")
