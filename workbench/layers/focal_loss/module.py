import torch
from torch import nn


class FocalLoss(nn.Module):
    """Focal loss of Lin et al. 2017, eq. 5, for each score by itself, as RetinaNet and torchvision have it.

    Scores (N, C, ...) with class numbers (N, ...), which are a yes for one channel and a no for the others; or with
    targets (N, C, ...) between 0 and 1. Averaged or summed over all scores.
    """

    def __init__(self, alpha: float | None = 0.25, gamma: float = 2.0, reduction: str = "mean") -> None:
        super().__init__()
        self.alpha = alpha
        self.gamma = gamma
        self.reduction = reduction

    def forward(self, prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        if target.dim() < prediction.dim():
            target = nn.functional.one_hot(target, prediction.shape[1]).movedim(-1, 1).to(prediction.dtype)
        p = prediction.sigmoid()
        loss = nn.functional.binary_cross_entropy_with_logits(prediction, target, reduction="none")
        wrong = p * (1 - target) + (1 - p) * target  # at least a little, since roots have no slope at zero
        loss = loss * wrong.clamp(min=torch.finfo(p.dtype).tiny).pow(self.gamma)
        if self.alpha is not None:
            loss = loss * (self.alpha * target + (1 - self.alpha) * (1 - target))
        return loss.mean() if self.reduction == "mean" else loss.sum()

    def extra_repr(self) -> str:
        return f"{self.alpha}, {self.gamma}, {self.reduction!r}"
