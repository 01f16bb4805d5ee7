import torch
from torch import nn


class MatMul(nn.Module):
    """The matrix product of the last two axes of two tensors, the second one's swapped if `transposed`."""

    def __init__(self, transposed: bool = False) -> None:
        super().__init__()
        self.transposed = transposed

    def forward(self, x: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        return torch.matmul(x, other.transpose(-2, -1) if self.transposed else other)

    def extra_repr(self) -> str:
        return f"transposed={self.transposed}"
