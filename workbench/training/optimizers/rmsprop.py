"""RMSprop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from workbench.core.setting_words import RATIO
from workbench.training.optimizers.spec import Groups, Optimizer, optimizer

if TYPE_CHECKING:
    import torch


@optimizer(title="RMSprop")
class RMSprop(Optimizer):
    """Divides each gradient by the root of the mean square of the last ones (Tieleman & Hinton 2012)."""

    alpha: float = Field(0.99, title="Smoothing (alpha)", ge=0, lt=1, description="Memory of squared gradients")
    momentum: float = Field(0.0, title="Momentum", ge=0, lt=1, description="Share of the last step kept")
    eps: float = Field(
        1e-8, title="Epsilon", json_schema_extra=RATIO, gt=0, le=1, description="Added to what a gradient is divided by"
    )

    def make(self, groups: Groups, *, lr: float, weight_decay: float) -> torch.optim.Optimizer:
        import torch

        return torch.optim.RMSprop(groups, lr, self.alpha, self.eps, weight_decay, self.momentum, foreach=True)
