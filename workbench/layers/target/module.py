import torch
from torch import nn


class Answer(nn.Module):
    """The answer as the losses want it: bytes are divided by 255, everything else passes.

    With `numbers` an answer is one number, and (N,) becomes (N, 1), which is what a layer with one output gives.
    """

    def __init__(self, numbers: bool = False) -> None:
        super().__init__()
        self.numbers = numbers

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x / 255 if x.dtype == torch.uint8 else x
        return x.reshape(-1, 1) if self.numbers else x

    def extra_repr(self) -> str:
        return "numbers=True" if self.numbers else ""
