import torch
from torch import nn


class MaxUnpool3dSwitches(nn.Module):
    """Undoes 3-D max pooling by its switches: (N, K/maps, h, w) and switches of that shape → (N, K, height, width).

    Every value goes back to its place in its group of maps, and all else is zero (Zeiler et al. 2011, section 3.1).
    It is the exact adjoint of reading at the switches, and pooling what it gives gives back what came in.
    """

    def __init__(self, maps: int, height: int, width: int) -> None:
        super().__init__()
        self.maps = maps
        self.height = height
        self.width = width

    def forward(self, x: torch.Tensor, switches: torch.Tensor) -> torch.Tensor:
        n, groups = x.shape[:2]
        flat = x.new_zeros(n, groups, self.maps * self.height * self.width)
        flat = flat.scatter_add(2, switches.reshape(n, groups, -1), x.reshape(n, groups, -1))
        return flat.reshape(n, groups * self.maps, self.height, self.width)

    def extra_repr(self) -> str:
        return f"{self.maps}, {self.height}, {self.width}"
