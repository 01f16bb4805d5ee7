import torch
from torch import nn


class Exp(nn.Module):
    """e to the power of each value."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.exp()
