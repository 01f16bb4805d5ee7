"""The loss of log-probabilities."""

from __future__ import annotations

from typing import ClassVar

from workbench.layers.base_class_loss import ClassLoss
from workbench.layers.spec import layer


@layer(title="Negative log-likelihood", group="Loss")
class NLLLoss(ClassLoss):
    """Measures how little log-probability the right class gets; a LogSoftmax goes before it."""

    wants_before: ClassVar[str] = "LogSoftmax"
    formula: ClassVar[str] = "loss = −prediction[target]"
