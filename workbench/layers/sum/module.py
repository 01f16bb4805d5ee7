import torch
from torch import nn


class Sum(nn.Module):
    """torch.sum along some axes, the batch counted; without `keepdim` they are gone afterwards."""

    def __init__(self, dim: tuple[int, ...], keepdim: bool = False) -> None:
        super().__init__()
        self.dim = dim
        self.keepdim = keepdim

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sum(x, self.dim, keepdim=self.keepdim)

    def extra_repr(self) -> str:
        return f"{self.dim}, keepdim={self.keepdim}"
