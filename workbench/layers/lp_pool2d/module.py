import torch
from torch import nn


class LPPool2d(nn.Module):
    """The p-th root of the sum of |x|^p over each window: (N, C, H, W) → (N, C, h, w).

    With an even p it gives what torch's LPPool2d gives. torch's takes the power of x itself, so that other powers give
    NaN for negative numbers. Where all of a window is zero, the gradient is zero, as torch's is.
    """

    def __init__(
        self,
        norm_type: float,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        size = self.kernel_size
        count = size * size if isinstance(size, int) else size[0] * size[1]
        means = nn.functional.avg_pool2d(x.abs().pow(self.norm_type), size, self.stride, ceil_mode=self.ceil_mode)
        is_zero = means == 0
        return (means.masked_fill(is_zero, 1) * count).pow(1 / self.norm_type).masked_fill(is_zero, 0)

    def extra_repr(self) -> str:
        return f"{self.norm_type}, {self.kernel_size}, stride={self.stride}, ceil_mode={self.ceil_mode}"
