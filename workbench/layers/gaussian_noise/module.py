import torch
from torch import nn


class GaussianNoise(nn.Module):
    """Adds noise to x (N, ...): drawn anew while training; in prediction one pattern of the sample's shape.

    So what is validated is as noisy as what is learnt from, and the same answer comes twice.
    """

    pattern: torch.Tensor

    def __init__(self, shape: tuple[int, ...], std: float) -> None:
        super().__init__()
        self.std = std
        noise = torch.randn(shape, generator=torch.Generator().manual_seed(0), device="cpu")
        self.register_buffer("pattern", noise.to(torch.get_default_device()), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        noise = torch.randn_like(x) if self.training else self.pattern.to(x.dtype)
        return x + self.std * noise

    def extra_repr(self) -> str:
        return f"std={self.std}"
