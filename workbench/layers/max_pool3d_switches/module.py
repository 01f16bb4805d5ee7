import torch
from torch import nn


class MaxPool3dSwitches(nn.Module):
    """3-D max pooling of Zeiler et al. 2011, section 3.1: over pixels and over neighbouring maps, without the sign.

    A block is `maps` maps times kernel_size x kernel_size pixels, and blocks do not overlap; rows and columns that
    fill none are left out. (N, K, H, W) → (N, K/maps, H/kernel_size, W/kernel_size): the value of largest *magnitude*,
    with its sign. A code of -3 matters more than one of 2, and pooling raw values would drop it.

    With return_switches also where it stood, as one number within its group of maps: (map * H + row) * W + column.
    """

    def __init__(self, kernel_size: int = 2, maps: int = 2, return_switches: bool = False) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.maps = maps
        self.return_switches = return_switches

    def forward(self, x: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
        height, width = x.shape[2:]
        places = torch.arange(self.maps * height * width, device=x.device).reshape(1, self.maps, height, width)
        inside = self._blocks(x)
        best = inside.abs().argmax(-1, keepdim=True)
        y = inside.gather(-1, best).squeeze(-1)
        if not self.return_switches:
            return y
        return y, self._blocks(places).expand(inside.shape).gather(-1, best).squeeze(-1)

    def _blocks(self, x: torch.Tensor) -> torch.Tensor:
        """(N, K, H, W) → (N, K/maps, H/size, W/size, maps * size * size)."""
        size = self.kernel_size
        h, w = x.shape[2] // size, x.shape[3] // size
        cut = x[:, :, : h * size, : w * size].reshape(x.shape[0], -1, self.maps, h, size, w, size)
        return cut.permute(0, 1, 3, 5, 2, 4, 6).flatten(4)

    def extra_repr(self) -> str:
        return f"{self.kernel_size}, maps={self.maps}"
