import torch
from torch import nn


class WeightedBCEWithLogitsLoss(nn.BCEWithLogitsLoss):
    """torch's loss of yes and no with a weight of yes: one, or one for each channel; (N, C, ...) both.

    `axes` says how many axes there are behind the channels.
    """

    def __init__(self, pos_weight: tuple[float, ...] = (1.0,), reduction: str = "mean", axes: int = 0) -> None:
        super().__init__(reduction=reduction, pos_weight=torch.tensor(pos_weight).reshape(-1, *(1,) * axes))
        self.given_pos_weight = tuple(pos_weight)

    def extra_repr(self) -> str:
        return f"{self.given_pos_weight}, {self.reduction!r}"
