import torch
from torch import nn


class SparsityLoss(nn.Module):
    """Sum of |z|^p over codes z (N, ...) → one number: summed over a sample and averaged over the batch ("batch_mean"),
    or over everything summed ("sum") or averaged ("mean"). The second term of the energy in Zeiler et al. 2010, eq. 2.

    At zero its gradient is zero: for p < 1 it has none there, and grows without bound close by.
    """

    def __init__(self, p: float = 1.0, reduction: str = "batch_mean") -> None:
        super().__init__()
        self.p = p
        self.reduction = reduction

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        size = codes.abs()
        is_active = size > 0
        total = torch.where(is_active, torch.where(is_active, size, 1).pow(self.p), 0).sum()
        if self.reduction == "sum":
            return total
        return total / (len(codes) if self.reduction == "batch_mean" else codes.numel())

    def extra_repr(self) -> str:
        return f"p={self.p}, reduction={self.reduction!r}"
