"""Axes that a setting names as torch counts them: the batch is axis 0, and negative ones count from the last."""

from __future__ import annotations

from workbench.core.values import Value
from workbench.layers.spec import ShapeError, SuggestParam


def axis_of(dim: int, x: Value, *, setting: str = "dim") -> int:
    """Returns the axis that `dim` means for a value, batch included: 1 is the channels.

    Args:
        dim: the axis, negative counted from the last one.
        x: what comes in.
        setting: name of the setting that gave it.

    Raises:
        ShapeError: there is no such axis, or it is the batch.
    """
    axes = len(x.shape)
    axis = dim if dim >= 0 else dim + axes + 1
    if not 1 <= axis <= axes:
        raise ShapeError(
            f"{setting} = {dim} is not an axis of {x}, which has {axes} and the batch.",
            found=f"{setting} {dim}",
            needed=f"1 to {axes}",
            fixes=(SuggestParam(setting, 1),) if axes else (),
        )
    return axis
