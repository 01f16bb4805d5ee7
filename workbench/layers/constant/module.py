import torch
from torch import nn


class Constant(nn.Module):
    """Fixed numbers of some shape: (N, *shape), N as `like` (N, ...) has it, or 1. They are not in the state_dict."""

    numbers: torch.Tensor

    def __init__(self, shape: tuple[int, ...], values: tuple[float, ...]) -> None:
        super().__init__()
        self.shape = shape
        self.values = values
        numbers = torch.tensor(values, dtype=torch.get_default_dtype())
        self.register_buffer("numbers", numbers.expand(shape) if len(values) == 1 else numbers.reshape(shape), False)

    def forward(self, like: torch.Tensor | None = None) -> torch.Tensor:
        return self.numbers.expand(1 if like is None else like.shape[0], *self.shape)

    def extra_repr(self) -> str:
        return f"{self.shape}, {self.values}"
