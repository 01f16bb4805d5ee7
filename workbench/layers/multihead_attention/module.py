import torch
from torch import nn


class SelfAttention(nn.MultiheadAttention):
    """torch's attention of all positions of a map to each other: (N, C, ...) → the same shape.

    With `channels_last` it takes sequences (N, L, C). The weights are those of nn.MultiheadAttention.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        channels_last: bool = False,
    ) -> None:
        super().__init__(embed_dim, num_heads, dropout=dropout, bias=bias, batch_first=True)
        self.channels_last = channels_last

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # type: ignore[override]  # queries, keys and values are one
        if self.channels_last:
            return super().forward(x, x, x, need_weights=False)[0]
        rows = x.flatten(2).transpose(1, 2)
        mixed = super().forward(rows, rows, rows, need_weights=False)[0]
        return mixed.transpose(1, 2).reshape(x.shape)

    def extra_repr(self) -> str:
        return f"{self.embed_dim}, {self.num_heads}, dropout={self.dropout}, channels_last={self.channels_last}"
