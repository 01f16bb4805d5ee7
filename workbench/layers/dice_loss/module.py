import torch
from torch import nn


class DiceLoss(nn.Module):
    """One less the overlap 2 Σ p t / (Σ p² + Σ t²) of Milletari et al. 2016, eq. 3, with `smooth` above and below.

    Scores (N, C, ...) with class numbers (N, ...), of which p is the softmax and t 1 for the right class; or with
    targets (N, C, ...) between 0 and 1, of which p is the sigmoid. The overlap is taken for each channel of each
    sample, averaged over channels, then averaged or summed over the batch.
    """

    def __init__(self, smooth: float = 1.0, reduction: str = "mean") -> None:
        super().__init__()
        self.smooth = smooth
        self.reduction = reduction

    def forward(self, prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        if target.dim() < prediction.dim():
            p = prediction.softmax(1)
            t = nn.functional.one_hot(target, prediction.shape[1]).movedim(-1, 1).to(p.dtype)
        else:
            p, t = prediction.sigmoid(), target
        p, t = p.flatten(2) if p.dim() > 2 else p[..., None], t.flatten(2) if t.dim() > 2 else t[..., None]
        overlap = (2 * (p * t).sum(2) + self.smooth) / (p.square().sum(2) + t.square().sum(2) + self.smooth)
        lacking = (1 - overlap).mean(1)
        return lacking.mean() if self.reduction == "mean" else lacking.sum()

    def extra_repr(self) -> str:
        return f"{self.smooth}, {self.reduction!r}"
