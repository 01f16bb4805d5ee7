import torch
from torch import nn


class GaussianLoss(nn.Module):
    """Minus the log-likelihood of the target under pixels N(prediction, 1), constants left out; both (N, ...).

    One number: half the squared distance, summed over pixels and averaged over the batch ("batch_mean"), or over
    everything summed ("sum") or averaged ("mean").
    """

    def __init__(self, reduction: str = "batch_mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        total = (prediction - target).square().sum() / 2
        if self.reduction == "sum":
            return total
        return total / (len(target) if self.reduction == "batch_mean" else target.numel())

    def extra_repr(self) -> str:
        return f"reduction={self.reduction!r}"
