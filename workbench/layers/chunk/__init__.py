"""One of a number of equal parts."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.base_part import MOST_PARTS, NumberedPart, equal_parts
from workbench.layers.spec import layer


@layer(title="Chunk", group="Shape")
class Chunk(NumberedPart):
    """Parts an axis into equal parts and takes one; a node for each part takes all of them."""

    home: ClassVar[str] = "workbench.layers.chunk.module"
    formula: ClassVar[str] = "y = part number index of chunks of x along axis dim, of ⌈size/chunks⌉ positions each"

    chunks: int = Field(2, ge=1, le=MOST_PARTS, description="How many parts; fewer where they do not come out even")

    def positions(self, x: Value, size: int) -> range:
        return self.part(equal_parts(size, -(-size // self.chunks)))
