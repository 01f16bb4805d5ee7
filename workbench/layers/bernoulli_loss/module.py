import torch
import torch.nn.functional as F
from torch import nn


class BernoulliLoss(nn.Module):
    """Minus the log-likelihood of a target under Bernoulli pixels: both (N, ...) in [0, 1], and cut to that.

    One number: summed over pixels and averaged over the batch ("batch_mean"), or over everything summed ("sum") or
    averaged ("mean"). The logarithm is never less than -100, so a certain and wrong pixel costs much but not infinity.
    """

    def __init__(self, reduction: str = "batch_mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        total = F.binary_cross_entropy(prediction.clamp(0, 1), target.detach().clamp(0, 1), reduction="sum")
        if self.reduction == "sum":
            return total
        return total / (len(target) if self.reduction == "batch_mean" else target.numel())

    def extra_repr(self) -> str:
        return f"reduction={self.reduction!r}"
