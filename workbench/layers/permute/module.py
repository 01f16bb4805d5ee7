import torch
from torch import nn


class Permute(nn.Module):
    """Axes in another order, as in torchvision: (N, C, H, W) → (N, H, W, C) by dims 0, 2, 3, 1."""

    def __init__(self, dims: tuple[int, ...]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.permute(self.dims)

    def extra_repr(self) -> str:
        return f"{self.dims}"
