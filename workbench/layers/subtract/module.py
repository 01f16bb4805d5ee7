import torch
from torch import nn


class Subtract(nn.Module):
    """The difference of two tensors; axes of one value are stretched."""

    def forward(self, x: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        return x - other
