"""Random scaling of series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from workbench.data.augmentations.spec import Serial, augmentation

if TYPE_CHECKING:
    from torch import Tensor


@augmentation
class Magnitude(Serial):
    """Multiplies all values of each series by one random factor."""

    magnitude: float = Field(
        0.0, title="Scaling (share)", ge=0, lt=1, description="Largest change of a series' values: 0.1 is ±10 %"
    )

    def changed(self, series: Tensor, draws: Tensor) -> Tensor:
        return series * (1 + self.magnitude * (2 * draws[:, 0] - 1))[:, None, None]
