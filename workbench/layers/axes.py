"""Axes that a setting names as torch counts them: the batch is axis 0, and negative ones count from the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.core.values import Shape, Value
from workbench.layers.spec import ShapeError, SuggestParam
from workbench.layers.windows import Window, Windows

WITH_AXES = frozenset({"map", "vector", "sequence", "channels_last"})  # kinds of numbers that have axes
FEATURES_LAST = ("sequence", "channels_last")


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


def axes_of(dims: Sequence[int], x: Value, *, setting: str = "dim") -> tuple[int, ...]:
    """Returns the axes that several numbers mean for a value, batch included.

    Args:
        dims: the axes, negative ones counted from the last.
        x: what comes in.
        setting: name of the setting that gave them.

    Raises:
        ShapeError: one of them is no axis, is the batch, or is named twice.
    """
    axes = len(x.shape)
    found = tuple(dim if dim >= 0 else dim + axes + 1 for dim in dims)
    fitting = sorted({axis for axis in found if 1 <= axis <= axes})
    if len(fitting) < len(found):
        said = ", ".join(map(str, dims))
        raise ShapeError(
            f"{setting} = {said} must name different axes of {x}, which has {axes} and the batch.",
            found=f"{setting} {said}",
            needed=f"different ones of 1 to {axes}",
            fixes=(SuggestParam(setting, fitting or [1]),) if axes else (),
        )
    return found


def kind_with(x: Value, shape: Shape, *, keeps_last: bool = True) -> str:
    """Returns what a value is once it has other axes: where the features were last, they are, unless they go.

    Args:
        x: the value before.
        shape: its sizes afterwards.
        keeps_last: whether its last axis is still the last one.
    """
    if len(shape) < 2:
        return "vector" if shape else "scalar"
    if x.kind in FEATURES_LAST and keeps_last:
        return "sequence" if len(shape) == 2 else "channels_last"
    return "map"


def windows_along(x: Value, found: Mapping[int, Window]) -> Windows:
    """Returns windows of which all see the same position, but for those of some axes, the batch counted."""
    return tuple(found.get(axis, Window()) for axis in range(2, len(x.shape) + 1))
