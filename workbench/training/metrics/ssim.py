"""How alike the structure of two pictures is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.training.metrics.spec import Metric, compares_numbers, metric

if TYPE_CHECKING:
    from torch import Tensor

WINDOW, SIGMA = 11, 1.5  # of the Gaussian window, in pixels
C1, C2 = 0.01**2, 0.03**2  # for values between 0 and 1


@metric(name="ssim", title="SSIM")
class Ssim(Metric):
    """Structural similarity of Wang et al. (2004), for targets between 0 and 1, where its whole window is inside."""

    form: ClassVar[str] = ".4f"
    is_cheap: ClassVar[bool] = False
    rank: ClassVar[int] = 25

    @classmethod
    def applies_to(cls, loss: Layer, prediction: Value, target: Value) -> bool:
        is_large = target.is_picture and min(target.spatial) >= WINDOW
        return is_large and compares_numbers(loss, prediction, target)

    def update(self, prediction: Tensor, target: Tensor) -> None:
        x, y = prediction.float(), target.float()
        mean_x, mean_y = _smooth(x), _smooth(y)
        var_x, var_y = _smooth(x * x) - mean_x**2, _smooth(y * y) - mean_y**2
        both = _smooth(x * y) - mean_x * mean_y
        likeness = (2 * mean_x * mean_y + C1) * (2 * both + C2)
        likeness = likeness / ((mean_x**2 + mean_y**2 + C1) * (var_x.clamp(min=0) + var_y.clamp(min=0) + C2))
        self.added[0] += float(likeness.double().flatten(1).mean(1).sum())
        self.added[1] += len(target)


def _smooth(x: Tensor) -> Tensor:
    """Weighted means in every window, (N, C, H - 10, W - 10)."""
    import torch

    places = torch.arange(WINDOW, device=x.device, dtype=x.dtype) - WINDOW // 2
    window = torch.exp(-(places**2) / (2 * SIGMA**2))
    rows = (window / window.sum()).reshape(1, 1, -1, 1)
    single = x.reshape(-1, 1, *x.shape[2:])
    smooth = torch.conv2d(torch.conv2d(single, rows), rows.transpose(2, 3))
    return smooth.reshape(*x.shape[:2], *smooth.shape[2:])
