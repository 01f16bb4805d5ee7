"""Random loss of channels of series."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from workbench.data.augmentations.spec import Serial, augmentation
from workbench.data.keyed_draws import generators

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.core.values import Value


@augmentation
class ChannelDrop(Serial):
    """Silences channels of each series at random, as electrodes come off; single ones stay."""

    channel_drop: float = Field(
        0.0, title="Lost channels (share)", ge=0, lt=1, description="Share of the channels that are set to zero"
    )

    meant_for: ClassVar[str] = "series of several channels"

    @classmethod
    def changes(cls, value: Value) -> bool:
        """Returns whether it is a series or recording of several channels."""
        return super().changes(value) and value.shape[-2] > 1

    def changed(self, series: Tensor, draws: Tensor) -> Tensor:
        import numpy as np
        import torch

        channels = series.shape[1]
        if channels < 2:
            return series
        lost = np.stack([each.random(channels) for each in generators(draws[:, 0])]) < self.channel_drop
        lost[lost.all(1), 0] = False  # something is left of every series
        return series.masked_fill(torch.from_numpy(lost).to(series.device)[:, :, None], 0.0)
