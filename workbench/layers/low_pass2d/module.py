import torch
from torch import nn


class LowPass2d(nn.Module):
    """Parts maps (N, C, H, W) into low, what a Gaussian leaves of them, and high = x - low, of the same shape both.

    The Gaussian ends at four standard deviations and its weights add up to 1. Borders are mirrored without repeating
    the outermost pixel, over and over where a picture is smaller than the window, so any size will do.
    """

    window: torch.Tensor

    def __init__(self, sigma: float = 4.0) -> None:
        super().__init__()
        self.sigma = sigma
        self.margin = int(4 * sigma + 0.5)
        distances = torch.arange(-self.margin, self.margin + 1, dtype=torch.float64)
        self.register_buffer("window", torch.exp(-0.5 * (distances / sigma) ** 2), persistent=False)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        h, w = x.shape[2:]
        window = (self.window / self.window.sum()).to(x.dtype)
        maps = x.reshape(-1, 1, h, w)[:, :, self.mirrored(h)]
        maps = nn.functional.conv2d(maps, window[None, None, :, None])[..., self.mirrored(w)]
        low = nn.functional.conv2d(maps, window[None, None, None, :]).reshape(x.shape)
        return low, x - low

    def mirrored(self, size: int) -> torch.Tensor:
        """Which rows (or columns) of so many lie under the window's way, margins included."""
        period = max(1, 2 * (size - 1))
        places = torch.arange(-self.margin, size + self.margin, device=self.window.device) % period
        return torch.minimum(places, period - places)

    def extra_repr(self) -> str:
        return f"sigma={self.sigma}"
