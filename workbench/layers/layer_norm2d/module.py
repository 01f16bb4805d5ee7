import torch
from torch import nn


class LayerNorm2d(nn.LayerNorm):
    """Layer normalisation over the channels of each pixel: (N, C, H, W) → the same shape.

    Called as in torchvision, whose weights it takes: `weight` and `bias` have one number for each channel.
    """

    def __init__(
        self, normalized_shape: int, eps: float = 1e-6, elementwise_affine: bool = True, bias: bool = True
    ) -> None:
        super().__init__(normalized_shape, eps=eps, elementwise_affine=elementwise_affine, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        last = super().forward(x.permute(0, 2, 3, 1))
        return last.permute(0, 3, 1, 2)
