import torch
from torch import nn


class Chunk(nn.Module):
    """One of the parts into which torch.chunk parts an axis, the batch counted."""

    def __init__(self, chunks: int = 2, dim: int = 1, index: int = 0) -> None:
        super().__init__()
        self.chunks = chunks
        self.dim = dim
        self.index = index

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.chunk(x, self.chunks, self.dim)[self.index]

    def extra_repr(self) -> str:
        return f"{self.chunks}, dim={self.dim}, index={self.index}"
