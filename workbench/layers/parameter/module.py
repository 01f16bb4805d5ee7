import torch
from torch import nn


class Parameter(nn.Module):
    """Learnt numbers, the same for every sample: (N, *shape), N as `like` (N, ...) has it, or 1."""

    def __init__(self, shape: tuple[int, ...], initial: str = "zeros", std: float = 0.02) -> None:
        super().__init__()
        self.shape = shape
        self.initial = initial
        self.std = std
        self.value = nn.Parameter(torch.zeros(shape))
        if initial == "normal":
            nn.init.normal_(self.value, 0, std)
        elif initial == "ones":
            nn.init.ones_(self.value)

    def forward(self, like: torch.Tensor | None = None) -> torch.Tensor:
        return self.value.expand(1 if like is None else like.shape[0], *self.shape)

    def extra_repr(self) -> str:
        return f"{self.shape}, initial={self.initial}, std={self.std}"
