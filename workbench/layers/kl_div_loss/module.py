import torch
from torch import nn


class AveragedKLDivLoss(nn.KLDivLoss):
    """torch's loss with reduction "mean", over all values of both (N, C, ...), without its warning at each call."""

    def __init__(self, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__(reduction=reduction, log_target=log_target)

    def forward(self, prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        total = nn.functional.kl_div(prediction, target, reduction="sum", log_target=self.log_target)
        return total / target.numel()

    def extra_repr(self) -> str:
        return f"log_target={self.log_target}"
