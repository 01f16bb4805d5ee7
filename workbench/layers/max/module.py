import torch
from torch import nn


class Max(nn.Module):
    """torch.amax along some axes, the batch counted; without `keepdim` they are gone afterwards."""

    def __init__(self, dim: tuple[int, ...], keepdim: bool = False) -> None:
        super().__init__()
        self.dim = dim
        self.keepdim = keepdim

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.amax(x, self.dim, keepdim=self.keepdim)

    def extra_repr(self) -> str:
        return f"{self.dim}, keepdim={self.keepdim}"
