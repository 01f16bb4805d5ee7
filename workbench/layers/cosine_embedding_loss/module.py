import torch
from torch import nn


class PairsLoss(nn.CosineEmbeddingLoss):
    """torch's cosine embedding loss of vectors (N, D), with targets (N,) or (N, 1): above zero for pairs that belong
    together, 0 or −1 for those that do not."""

    def __init__(self, margin: float = 0.0, reduction: str = "mean") -> None:
        super().__init__(margin=margin, reduction=reduction)

    def forward(self, x1: torch.Tensor, x2: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return super().forward(x1, x2, torch.where(target.reshape(-1) > 0, 1, -1))

    def extra_repr(self) -> str:
        return f"{self.margin}, {self.reduction!r}"
