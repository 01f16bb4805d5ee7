import torch
from torch import nn


class Slice(nn.Module):
    """x[start:stop:step] along one axis, the batch counted."""

    def __init__(self, dim: int = 1, start: int = 0, stop: int | None = None, step: int = 1) -> None:
        super().__init__()
        self.dim = dim
        self.start = start
        self.stop = stop
        self.step = step

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        axis = self.dim % x.dim()
        return x[(slice(None),) * axis + (slice(self.start, self.stop, self.step),)]

    def extra_repr(self) -> str:
        return f"dim={self.dim}, start={self.start}, stop={self.stop}, step={self.step}"
