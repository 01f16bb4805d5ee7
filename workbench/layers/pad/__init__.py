"""Margins around what comes in, or cut off from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from workbench.core.values import Json, Shape, Value
from workbench.layers.axes import WITH_AXES, windows_along
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_AXES, Bounds, Sizes
from workbench.layers.spec import In, Layer, ShapeError, SuggestParam, layer
from workbench.layers.windows import Margin, Sliding, Windows

if TYPE_CHECKING:
    from torch import nn

LARGEST = 1e6
# What the first letters of torch's own modules say: ZeroPad2d, ReflectionPad1d, …
MODES = {"Zero": "constant", "Constant": "constant", "Reflection": "reflect", "Replication": "replicate"}


@layer(title="Pad", group="Shape")
class Pad(Layer):
    """Puts margins around maps, by numbers for each side; negative ones cut off."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds=WITH_AXES),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y[c, i, j] = x[c, i − top, j − left]; outside of x by the mode"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"pad": ("padding", "mode", "value")}

    padding: Annotated[Sizes, Bounds(-1024, 1024)] = Field(
        (1, 1, 1, 1),
        min_length=2,
        max_length=2 * MOST_AXES,
        description="Margins from the last axis on: left, right, top, bottom, …; negative ones cut off",
    )
    mode: Literal["constant", "reflect", "replicate", "circular"] = Field(
        "constant", description="What the margins are filled with"
    )
    value: float = Field(0.0, ge=-LARGEST, le=LARGEST, description="Number in the margins of the mode constant")

    def _margins(self, x: Value) -> list[tuple[int, int, int]]:
        """For each padded axis, from the last one on: its number, batch counted, and both margins."""
        pairs = zip(self.padding[::2], self.padding[1::2], strict=True)
        return [(len(x.shape) - place, before, behind) for place, (before, behind) in enumerate(pairs)]

    def output(self, x: Value) -> Value:
        if len(self.padding) % 2 or len(self.padding) > 2 * len(x.shape):
            fitting = self.padding[: min(len(self.padding) // 2, len(x.shape)) * 2]
            raise ShapeError(
                f"padding has {len(self.padding)} numbers, but needs two for each of the last axes of {x}, at most "
                f"{2 * len(x.shape)}.",
                found=f"{len(self.padding)} numbers",
                needed=f"an even number up to {2 * len(x.shape)}",
                fixes=(SuggestParam("padding", list(fitting)),),
            )
        sizes = list(x.shape)
        for axis, before, behind in self._margins(x):
            self._check(x, axis, (before, behind))
            sizes[axis - 1] += before + behind
        return x.reshaped(*sizes)

    def _check(self, x: Value, axis: int, margins: tuple[int, int]) -> None:
        """Refuses margins that leave nothing, or that the axis cannot fill."""
        size = x.shape[axis - 1]
        kept = size + min(0, margins[0]) + min(0, margins[1])  # what torch wraps around is cut off first
        most = {"reflect": size - 1, "circular": kept}.get(self.mode)
        if size + sum(margins) < 1 or any(-each > size for each in margins):
            reason = f"cuts off all of the {size} along axis {axis} of {x}"
            fitting = (max(0, margins[0]), max(0, margins[1]))
        elif most is not None and max(margins) > most:
            reason = f'can fill a margin of {most} along axis {axis} of {x} by the mode "{self.mode}"'
            fitting = (min(most, margins[0]), min(most, margins[1]))
        else:
            return
        place = 2 * (len(x.shape) - axis)
        said = ", ".join(map(str, self.padding))
        raise ShapeError(
            f"padding = {said} {reason}." if most is None or size + sum(margins) < 1 else f"{reason}, but gets {said}.",
            found=f"padding {said}",
            needed=f"{fitting[0]} and {fitting[1]} along axis {axis}",
            fixes=(SuggestParam("padding", [*self.padding[:place], *fitting, *self.padding[place + 2 :]]),),
        )

    def module(self, x: Value) -> Call:
        fields = type(self).model_fields
        names = ("mode", "value")
        settings = {name: getattr(self, name) for name in names if getattr(self, name) != fields[name].default}
        return call("Pad", self.padding, home="workbench.layers.pad.module", **settings)

    def windows(self, x: Value) -> tuple[Windows, ...] | None:
        """Each position is one of the input; where it wraps around what was cut before, nothing is said of it."""
        if self.mode == "circular" and any(min(pair) < 0 < max(pair) for _, *pair in self._margins(x)):
            return None
        margin: Margin = "zeros" if self.mode == "constant" else self.mode
        found = {axis: Sliding(padding=before, margin=margin) for axis, before, _ in self._margins(x)}
        return (windows_along(x, found),)

    @classmethod
    def from_module(cls, module: nn.Module) -> Layer:
        """torch has a module for each mode and number of axes, called by them."""
        found: dict[str, Json] = {"padding": getattr(module, "padding", ())}
        first = type(module).__name__.partition("Pad")[0]
        found["mode"] = getattr(module, "mode", MODES.get(first, first.lower()))
        found["value"] = float(getattr(module, "value", 0.0))
        return cls.model_validate(found)

    @classmethod
    def from_function(cls, name: str, settings: Mapping[str, Any], given: Sequence[Shape], made: Shape) -> Layer:
        """torch calls the margins `pad`, and has no value where it is not said."""
        plain = {"padding" if key == "pad" else key: value for key, value in settings.items() if value is not None}
        return cls.model_validate(plain)
