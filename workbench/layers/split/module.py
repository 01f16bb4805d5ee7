import torch
from torch import nn


class Split(nn.Module):
    """One of the parts into which torch.split parts an axis, the batch counted."""

    def __init__(self, split_size_or_sections: int | tuple[int, ...] = 1, dim: int = 1, index: int = 0) -> None:
        super().__init__()
        self.split_size_or_sections = split_size_or_sections
        self.dim = dim
        self.index = index

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        sections = self.split_size_or_sections
        parts = torch.split(x, sections if isinstance(sections, int) else list(sections), self.dim)
        return parts[self.index]

    def extra_repr(self) -> str:
        return f"{self.split_size_or_sections}, dim={self.dim}, index={self.index}"
