import torch
from torch import nn


class Concat(nn.Module):
    """Joins tensors along an axis (batch included)."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *xs: torch.Tensor) -> torch.Tensor:
        return torch.cat(xs, self.dim)

    def extra_repr(self) -> str:
        return f"{self.dim}"
