import torch
from torch import nn


class Squeeze(nn.Module):
    """The same without some axes of a single value, the batch counted."""

    def __init__(self, dim: tuple[int, ...]) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.squeeze(self.dim)

    def extra_repr(self) -> str:
        return f"{self.dim}"
