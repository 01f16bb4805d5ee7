"""Adam."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from workbench.core.setting_words import RATIO
from workbench.training.optimizers.spec import Groups, Optimizer, optimizer

if TYPE_CHECKING:
    import torch


@optimizer(title="Adam")
class Adam(Optimizer):
    """Gives every weight a rate of its own, by the mean size of its gradients (Kingma & Ba 2015)."""

    beta1: float = Field(0.9, title="First momentum (beta1)", ge=0, lt=1, description="Memory of gradients")
    beta2: float = Field(0.999, title="Second momentum (beta2)", ge=0, lt=1, description="Memory of squared gradients")
    eps: float = Field(
        1e-8, title="Epsilon", json_schema_extra=RATIO, gt=0, le=1, description="Added to what a step is divided by"
    )

    def make(self, groups: Groups, *, lr: float, weight_decay: float) -> torch.optim.Optimizer:
        import torch

        betas = (self.beta1, self.beta2)
        return torch.optim.Adam(groups, lr, betas, self.eps, weight_decay=weight_decay, foreach=True)
