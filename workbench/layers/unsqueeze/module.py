import torch
from torch import nn


class Unsqueeze(nn.Module):
    """The same with one more axis of a single value, the batch counted."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.unsqueeze(self.dim)

    def extra_repr(self) -> str:
        return f"{self.dim}"
