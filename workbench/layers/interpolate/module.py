import torch
from torch import nn


class Interpolate(nn.Module):
    """Maps (N, C, ...) brought to another size by torch.nn.functional.interpolate."""

    def __init__(
        self,
        size: int | tuple[int, ...] | None = None,
        scale_factor: float | tuple[float, ...] | None = None,
        mode: str = "nearest",
        align_corners: bool = False,
    ) -> None:
        super().__init__()
        self.size = size
        self.scale_factor = scale_factor
        self.mode = mode
        self.align_corners = align_corners

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        corners = True if self.align_corners else None
        return nn.functional.interpolate(x, self.size, self.scale_factor, self.mode, align_corners=corners)

    def extra_repr(self) -> str:
        return f"{self.size}, {self.scale_factor}, mode={self.mode}, align_corners={self.align_corners}"
