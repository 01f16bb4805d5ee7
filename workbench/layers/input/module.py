import torch
from torch import nn


class Normalize(nn.Module):
    """Bytes are divided by 255; then (x - mean) / std for each channel. (N, C, ...) → (N, C, ...) in float.

    The numbers are settings, not weights: they are not part of the state_dict.
    """

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, mean: tuple[float, ...] = (), std: tuple[float, ...] = (), axes: int = 0) -> None:
        super().__init__()
        self.given_mean = tuple(mean)
        self.given_std = tuple(std)
        shape = (-1,) + (1,) * axes
        self.register_buffer("mean", torch.tensor(mean or (0.0,)).reshape(shape), persistent=False)
        self.register_buffer("std", torch.tensor(std or (1.0,)).reshape(shape), persistent=False)
        self.changes = bool(mean or std)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.dtype != torch.uint8:
            return (x - self.mean) / self.std if self.changes else x
        y = x.to(self.mean.dtype).div_(255)  # memory of its own, so that the rest needs no more
        return y.sub_(self.mean).div_(self.std) if self.changes else y
