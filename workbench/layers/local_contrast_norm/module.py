import torch
from torch import nn


class LocalContrastNorm(nn.Module):
    """Local contrast normalisation as in Zeiler's deconvolutional networks: (N, C, H, W) → the same shape.

    For every channel of every picture I by itself, with a Gaussian window k and a mirrored border (zeros there would
    draw a bright frame):

        m = k * I,   s = sqrt(k * I^2 - m^2),   y = (I - m) / max(s, median of s).

    The median keeps flat places from being blown up; where it is zero, the median of what is not serves. A constant
    picture gives zero, and a I + b with a > 0 gives what I gives.
    """

    window: torch.Tensor

    def __init__(self, kernel_size: int = 13, sigma: float = 4.773) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.sigma = sigma
        distances = torch.arange(kernel_size, dtype=torch.float64) - (kernel_size - 1) / 2
        window = torch.exp(-0.5 * (distances / sigma) ** 2)
        self.register_buffer("window", (window / window.sum()).to(torch.float32), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x - x.amin((2, 3), keepdim=True)  # I + b gives the same; small numbers keep k * I^2 - m^2 exact
        x = x - x.mean((2, 3), keepdim=True)
        mean, square = self._blurred(torch.stack([x, x * x]))
        distance, variance = x - mean, square - mean * mean
        has_contrast = variance > 0
        deviation = torch.where(has_contrast, torch.where(has_contrast, variance, 1).sqrt(), 0)
        deviation = torch.maximum(deviation, self._median(deviation))
        return torch.where(deviation > 0, distance / torch.where(deviation > 0, deviation, 1), 0)

    def _blurred(self, x: torch.Tensor) -> torch.Tensor:
        """The Gaussian of all maps, along the columns and then along the rows."""
        h, w = x.shape[-2:]
        margin = self.kernel_size // 2
        flat = nn.functional.pad(x.reshape(-1, 1, h, w), (margin,) * 4, mode="reflect")
        window = self.window.to(x.dtype)
        window = window / window.sum()
        flat = nn.functional.conv2d(flat, window[None, None, :, None])
        return nn.functional.conv2d(flat, window[None, None, None, :]).reshape(x.shape)

    def _median(self, deviation: torch.Tensor) -> torch.Tensor:
        """The median over each map, or over what is not zero in it if that is zero; (N, C, 1, 1)."""
        ordered = deviation.flatten(2).sort(-1).values
        size = ordered.shape[-1]
        zeros = (ordered == 0).sum(-1, keepdim=True)

        def middle(first: torch.Tensor) -> torch.Tensor:
            """Of the values from `first` on; the mean of both where two are in the middle."""
            count = size - first
            low, high = first + (count - 1).clamp(min=0) // 2, (first + count // 2).clamp(max=size - 1)
            return (ordered.gather(-1, low) + ordered.gather(-1, high)) / 2

        whole = middle(torch.zeros_like(zeros))
        return torch.where(whole > 0, whole, middle(zeros.clamp(max=size - 1)))[..., None]

    def extra_repr(self) -> str:
        return f"{self.kernel_size}, sigma={self.sigma}"
