import torch
from torch import nn


class Crop(nn.Module):
    """The middle of maps (N, C, ...), as large as the second input (N, D, ...) is behind its channels."""

    def forward(self, x: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
        for axis in range(2, x.dim()):
            x = x.narrow(axis, (x.shape[axis] - like.shape[axis]) // 2, like.shape[axis])
        return x
