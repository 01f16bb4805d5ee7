import torch
from torch import nn


class Answer(nn.Module):
    """The answer as the losses want it: bytes are divided by 255, everything else passes."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x / 255 if x.dtype == torch.uint8 else x
