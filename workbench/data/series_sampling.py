"""Series that are read at other times than their own, by linear interpolation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def resampled(series: Tensor, times: Tensor) -> Tensor:
    """Returns series as they are at other times.

    Args:
        series: (samples, channels, length).
        times: for each sample where to read, (samples, length), from 0 to length − 1; beyond that the ends go on.
    """
    length = series.shape[2]
    times = times.clamp(0, length - 1)
    before = times.floor().long()
    share = (times - before).to(series.dtype)[:, None]
    after = (before + 1).clamp(max=length - 1)

    def at(places: Tensor) -> Tensor:
        return series.gather(2, places[:, None].expand(-1, series.shape[1], -1))

    return at(before) * (1 - share) + at(after) * share
