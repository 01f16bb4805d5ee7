"""One of several parts whose sizes are given."""

from __future__ import annotations

from typing import Annotated, ClassVar

from annotated_types import MaxLen, MinLen
from pydantic import BeforeValidator, Field

from workbench.core.values import Value
from workbench.layers.base_part import MOST_PARTS, NumberedPart, equal_parts
from workbench.layers.settings import Bounds, as_tuple
from workbench.layers.spec import ShapeError, SuggestParam, layer

Sections = Annotated[
    int | Annotated[tuple[int, ...], MinLen(1), MaxLen(1024)], BeforeValidator(as_tuple), Bounds(1, MOST_PARTS)
]


@layer(title="Split", group="Shape")
class Split(NumberedPart):
    """Parts an axis into parts of given sizes and takes one; a node for each part takes all of them."""

    home: ClassVar[str] = "workbench.layers.split.module"
    formula: ClassVar[str] = "y = part number index of x along axis dim"

    split_size_or_sections: Sections = Field(1, description="Size of every part, or a list with the size of each")

    def positions(self, x: Value, size: int) -> range:
        sections = self.split_size_or_sections
        if isinstance(sections, int):
            return self.part(equal_parts(size, sections))
        if sum(sections) != size:
            said = " + ".join(map(str, sections))
            others = sum(sections[:-1])
            last = [size - others] if others < size else []
            fitting = [*sections[:-1], *last] if last else size
            raise ShapeError(
                f"parts axis {self.dim} of {x} into {said} = {sum(sections)}, but there are {size}.",
                found=f"{sum(sections)} in all parts",
                needed=f"{size} in all parts",
                fixes=(SuggestParam("split_size_or_sections", fitting),),
            )
        return self.part(list(sections))
