import torch
from torch import nn


class Multiply(nn.Module):
    """Multiplies tensors; axes of one value are stretched."""

    def forward(self, *xs: torch.Tensor) -> torch.Tensor:
        product = xs[0]
        for x in xs[1:]:
            product = product * x
        return product
