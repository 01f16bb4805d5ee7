"""A stretch of an axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_part import PartOfAxis
from workbench.layers.spec import ShapeError, SuggestParam, layer

FARTHEST = 2**31 - 1


@layer(title="Slice", group="Shape")
class Slice(PartOfAxis):
    """Takes a stretch of an axis: some of the channels, or a rectangle's rows."""

    home: ClassVar[str] = "workbench.layers.slice.module"
    formula: ClassVar[str] = "y = x[start : stop : step] along axis dim"

    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {"slice": ("dim", "start", "stop", "step")}

    start: int = Field(0, ge=-FARTHEST, le=FARTHEST, description="First position; negative ones count from the end")
    stop: int | None = Field(
        None, ge=-FARTHEST, le=FARTHEST, description="Position behind the last one; to the end if not given"
    )
    step: int = Field(1, ge=1, le=65536, description="Distance from one position to the next")

    def positions(self, x: Value, size: int) -> range:
        taken = range(size)[self.start : self.stop : self.step]
        if not taken:
            said = f"{self.start} to {'the end' if self.stop is None else self.stop}"
            starts_inside = -size <= self.start < size
            raise ShapeError(
                f"takes nothing: along axis {self.dim} of {x} there are {size} positions, of which {said} holds none.",
                found=said,
                needed=f"a stretch within 0 to {size}",
                fixes=(SuggestParam("stop", None) if starts_inside else SuggestParam("start", 0),),
            )
        return taken
