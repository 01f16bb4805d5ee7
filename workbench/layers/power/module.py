import torch
from torch import nn


class Power(nn.Module):
    """Each value to the power of a number."""

    def __init__(self, exponent: float = 2.0) -> None:
        super().__init__()
        self.exponent = exponent

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.pow(self.exponent)

    def extra_repr(self) -> str:
        return f"{self.exponent}"
