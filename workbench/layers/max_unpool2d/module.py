import torch
from torch import nn


class MaxUnpool2d(nn.Module):
    """Adds each value to the pixel its switch names: (N, C, h, w) and switches of that shape → (N, C, height, width).

    torch's own MaxUnpool2d writes, so where windows overlap all but one of the values that share a maximum are lost;
    adding makes it the exact adjoint of the pooling (Zeiler & Fergus 2014, section 2.1), and odd sizes come back whole.
    """

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.height = height
        self.width = width

    def forward(self, x: torch.Tensor, switches: torch.Tensor) -> torch.Tensor:
        n, c = x.shape[:2]
        flat = x.new_zeros(n, c, self.height * self.width)
        flat = flat.scatter_add(2, switches.reshape(n, c, -1), x.reshape(n, c, -1))
        return flat.reshape(n, c, self.height, self.width)

    def extra_repr(self) -> str:
        return f"{self.height}, {self.width}"
