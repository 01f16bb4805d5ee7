"""Random noise on series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from workbench.data.augmentations.spec import Serial, augmentation
from workbench.data.normal_draws import normal_like

if TYPE_CHECKING:
    from torch import Tensor


@augmentation
class Jitter(Serial):
    """Adds Gaussian noise to every value of each series, measured by the series' own spread."""

    jitter: float = Field(
        0.0, title="Jitter (share of spread)", ge=0, le=2,
        description="Standard deviation of the noise, as a share of each channel's own standard deviation",
    )  # fmt: skip

    def changed(self, series: Tensor, draws: Tensor) -> Tensor:
        spread = series.std(2, keepdim=True, unbiased=False)
        return series + self.jitter * spread * normal_like(series, draws[:, 0])
