"""Random windows of series."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Serial, augmentation
from workbench.data.series_sampling import resampled

if TYPE_CHECKING:
    from torch import Tensor


@augmentation
class TimeCrop(Serial):
    """Takes a random window of each series and stretches it to the whole length (Le Guennec et al. 2016)."""

    order: ClassVar[int] = 50
    draws: ClassVar[int] = 2

    time_crop: float = Field(
        0.0, title="Crop of time (share)", ge=0, le=0.95, description="Largest share of the time that is cut away"
    )

    def changed(self, series: Tensor, draws: Tensor) -> Tensor:
        import torch

        length = series.shape[2]
        kept = 1 - self.time_crop * draws[:, :1]
        start = (1 - kept) * draws[:, 1:]
        places = torch.linspace(0, 1, length, dtype=draws.dtype, device=draws.device)
        return resampled(series, (start + kept * places) * (length - 1))
