import torch
from torch import nn


class Add(nn.Module):
    """Adds tensors of one shape."""

    def forward(self, *xs: torch.Tensor) -> torch.Tensor:
        total = xs[0]
        for x in xs[1:]:
            total = total + x
        return total
