"""Random changes of speed of series."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Serial, augmentation
from workbench.data.series_sampling import resampled

if TYPE_CHECKING:
    from torch import Tensor

STRETCHES = 6  # parts of a series with a speed of their own


@augmentation
class TimeWarp(Serial):
    """Lets parts of each series pass faster, others slower; the ends stay (time warping, Um et al. 2017)."""

    order: ClassVar[int] = 60
    draws: ClassVar[int] = STRETCHES

    time_warp: float = Field(
        0.0, title="Time warp (share)", ge=0, lt=1, description="Largest change of speed: 0.3 is ±30 %"
    )

    def changed(self, series: Tensor, draws: Tensor) -> Tensor:
        from torch.nn import functional as F

        length = series.shape[2]
        speeds = 1 + self.time_warp * (2 * draws - 1)
        smooth = F.interpolate(speeds[:, None], size=max(1, length - 1), mode="linear", align_corners=False)[:, 0]
        passed = F.pad(smooth.cumsum(1), (1, 0))
        return resampled(series, passed / passed[:, -1:] * (length - 1))
