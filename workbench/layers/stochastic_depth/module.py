import torch
from torch import nn


class StochasticDepth(nn.Module):
    """Stochastic depth as torchvision has it: while training x is zeroed with probability p, else divided by 1 - p.

    One draw for each sample in mode "row", or one for the batch in mode "batch"; any shape (N, ...) → the same shape.
    """

    def __init__(self, p: float, mode: str) -> None:
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or self.p == 0:
            return x
        size = (x.shape[0] if self.mode == "row" else 1, *(1,) * (x.dim() - 1))
        keep = torch.empty(size, dtype=x.dtype, device=x.device).bernoulli_(1 - self.p)
        return x * keep.div_(1 - self.p)

    def extra_repr(self) -> str:
        return f"p={self.p}, mode={self.mode}"
