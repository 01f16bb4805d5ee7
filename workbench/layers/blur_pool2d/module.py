import torch
from torch import nn


class BlurPool2d(nn.Module):
    """Blurs maps (N, C, H, W) by binomial weights and keeps every stride-th row and column (Zhang 2019).

    Borders are mirrored without repeating the outermost pixel, over and over where a map is smaller than the window,
    so any size will do; of n rows ceil(n / stride) are left.
    """

    window: torch.Tensor

    def __init__(self, kernel_size: int = 3, stride: int = 2) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        row = torch.ones(1, dtype=torch.float64)
        for _ in range(kernel_size - 1):  # of Pascal's triangle
            row = nn.functional.pad(row, (1, 0)) + nn.functional.pad(row, (0, 1))
        self.register_buffer("window", row / row.sum(), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h, w = x.shape[2:]
        window = self.window.to(x.dtype)
        maps = x.reshape(-1, 1, h, w)[:, :, self.mirrored(h)]
        maps = nn.functional.conv2d(maps, window[None, None, :, None], stride=(self.stride, 1))[..., self.mirrored(w)]
        maps = nn.functional.conv2d(maps, window[None, None, None, :], stride=(1, self.stride))
        return maps.reshape(*x.shape[:2], *maps.shape[2:])

    def mirrored(self, size: int) -> torch.Tensor:
        """Which rows (or columns) of so many lie under the window's way, margins included."""
        period, before = max(1, 2 * (size - 1)), (self.kernel_size - 1) // 2
        places = torch.arange(-before, size + self.kernel_size - 1 - before, device=self.window.device) % period
        return torch.minimum(places, period - places)

    def extra_repr(self) -> str:
        return f"{self.kernel_size}, stride={self.stride}"
