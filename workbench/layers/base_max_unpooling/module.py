import torch
from torch import nn


class MaxUnpool(nn.Module):
    """Adds each value to the place its switch names: (N, C, ...) and switches of that shape → (N, C, *sizes).

    torch's own MaxUnpool1d, 2d and 3d write, so where windows overlap all but one of the values that share a maximum
    are lost; adding makes it the exact adjoint of the pooling (Zeiler & Fergus 2014, section 2.1), and odd sizes come
    back whole.
    """

    def __init__(self, *sizes: int) -> None:
        super().__init__()
        self.sizes = sizes

    def forward(self, x: torch.Tensor, switches: torch.Tensor) -> torch.Tensor:
        n, c = x.shape[:2]
        flat = x.new_zeros(n, c, torch.Size(self.sizes).numel())
        flat = flat.scatter_add(2, switches.reshape(n, c, -1), x.reshape(n, c, -1))
        return flat.reshape(n, c, *self.sizes)

    def extra_repr(self) -> str:
        return f"{self.sizes}"
