"""Stochastic gradient descent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from workbench.training.optimizers.spec import Groups, Optimizer, optimizer

if TYPE_CHECKING:
    import torch


@optimizer(title="Stochastic gradient descent")
class SGD(Optimizer):
    """Steps against the gradient, and keeps a share of the last step."""

    momentum: float = Field(0.9, title="Momentum", ge=0, lt=1, description="Share of the last step kept")
    nesterov: bool = Field(
        False, title="Nesterov momentum", description="Look ahead along the momentum; without any it does nothing"
    )

    def make(self, groups: Groups, *, lr: float, weight_decay: float) -> torch.optim.Optimizer:
        import torch

        nesterov = self.nesterov and self.momentum > 0  # which torch refuses otherwise
        return torch.optim.SGD(groups, lr, self.momentum, weight_decay=weight_decay, nesterov=nesterov, foreach=True)
